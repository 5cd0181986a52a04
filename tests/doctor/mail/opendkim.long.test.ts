/** The doctor's verdict on a signed mail against OpenDKIM's, as many receivers run it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleMail } from '../../../src/doctor/mail/sample.ts';
import { signatureCheck } from '../../../src/doctor/mail/signature.ts';
import { provide } from '../../helpers/setup/programs.ts';
import { newsletter, relay, type SigningKey, useKeyFiles, useNameServer } from '../fixtures.ts';

const names = useNameServer();
const makeKey = useKeyFiles();
const folder = mkdtempSync(join(tmpdir(), 'postrider-doctor-opendkim-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let opendkim: string;
let ours: SigningKey;
let other: SigningKey;
beforeAll(() => {
  opendkim = provide({ what: 'OpenDKIM', names: ['opendkim'], packages: ['opendkim'], service: 'opendkim' });
  ours = makeKey('sel');
  other = makeKey('other');
});

/** `pass`, or whatever OpenDKIM makes of the mail where the DNS has this record. */
function judged(mail: Buffer, record: string): string {
  writeFileSync(join(folder, 'dns'), `sel._domainkey.example.org ${record}\n`);
  writeFileSync(join(folder, 'conf'), `Mode v\nTestDNSData file:${join(folder, 'dns')}\n`);
  writeFileSync(join(folder, 'mail.eml'), mail);
  const ended = spawnSync(opendkim, ['-x', join(folder, 'conf'), '-vv', '-t', join(folder, 'mail.eml')], {
    encoding: 'utf8',
  });
  return /dkim=(\w+)/.exec(`${ended.stdout}${ended.stderr}`)?.[1] ?? 'none';
}

// Of a record whose k= belies its key, OpenDKIM takes the key all the same; mailauth and we do not.
test.each([
  ['our key', () => ours.record, true],
  ['our key with blanks', () => ours.record.replace(/(.{60})$/, ' $1'), true],
  ['our key without v= and k=', () => ours.record.replace('v=DKIM1; k=rsa; ', ''), true],
  ['the wrong key', () => other.record, false],
  ['a revoked key', () => 'v=DKIM1; k=rsa; p=', false],
  ['a key for SHA-1 only', () => ours.record.replace('k=rsa', 'k=rsa; h=sha1'), false],
  ['a key under 1024 bits', () => makeKey('short', 768).record, false],
])('both say the same with %s in the DNS', async (_, record, holds) => {
  const zone = { 'sel._domainkey.example.org': { TXT: [record()] } };
  const through = relay({ dkim: [ours.setting] });
  const situation = names.situation(zone, { relays: [through] });
  const mail = await situation.sign(through, sampleMail(situation, newsletter(), through).bytes);
  const verdicts = (await signatureCheck.run(situation)).filter(({ expected }) => /signature/.test(expected));
  expect(verdicts.map(({ level }) => level)).toEqual([holds ? 'ok' : 'error']);
  expect(judged(mail, zone['sel._domainkey.example.org'].TXT[0]!) === 'pass').toBe(holds);
});
