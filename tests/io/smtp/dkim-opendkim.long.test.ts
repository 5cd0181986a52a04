/** The same signatures, judged by another implementation: OpenDKIM, as many receivers run it. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dkimSigner } from '../../../src/io/smtp/dkim.ts';
import { provide } from '../../helpers/setup/programs.ts';

let folder: string;
let opendkim: string;
const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed: generateKeyPairSync('ed25519'),
};

beforeAll(async () => {
  opendkim = provide({ what: 'OpenDKIM', names: ['opendkim'], packages: ['opendkim'], service: 'opendkim' });
  folder = await mkdtemp(join(tmpdir(), 'postrider-opendkim-'));
  const der = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
  const records = [
    `rsa._domainkey.example.org v=DKIM1; k=rsa; p=${der(pairs.rsa.publicKey).toString('base64')}`,
    // RFC 8463 4: the bare key of 32 octets.
    `ed._domainkey.example.org v=DKIM1; k=ed25519; p=${der(pairs.ed.publicKey).subarray(-32).toString('base64')}`,
  ];
  await writeFile(join(folder, 'dns'), `${records.join('\n')}\n`);
  await writeFile(join(folder, 'conf'), `Mode v\nTestDNSData file:${join(folder, 'dns')}\n`);
  for (const [name, { privateKey }] of Object.entries(pairs))
    await writeFile(join(folder, `${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const message = Buffer.from(
  [
    'From: Weekly <news@example.org>',
    'To: Reader <reader@example.net>',
    'Subject: =?UTF-8?Q?Woche_42?=',
    ' and  more',
    'Date: Fri, 20 Nov 2026 09:00:00 +0000',
    'Message-ID: <1.2.abc@example.org>',
    'List-Unsubscribe: <https://news.example.org/unsubscribe/x>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Two  blanks,\ta tab, and a line that ends in both. \t',
    '',
    ...Array.from({ length: 300 }, (_, n) => `   ${n} lines   of a longer text = all of them signed`),
    '',
    '',
    '',
  ].join('\r\n'),
);

const sign = (names: readonly (keyof typeof pairs)[]) =>
  dkimSigner(
    {
      keys: names.map((name) => ({
        domain: 'example.org',
        selector: name,
        keyFile: join(folder, `${name}.pem`),
      })),
      unsigned: [],
    },
    () => new Date(),
  )!(message);

/** What OpenDKIM would write into `Authentication-Results`, one line a signature. */
async function judged(signed: Buffer): Promise<string[]> {
  const file = join(folder, 'message.eml');
  await writeFile(file, signed);
  const { stdout, stderr } = spawnSync(opendkim, ['-x', join(folder, 'conf'), '-vv', '-t', file], {
    encoding: 'utf8',
  });
  return [...`${stdout}${stderr}`.matchAll(/dkim=(\w+).*?header\.a=([\w-]+)/g)].map(
    (found) => `${found[2]} ${found[1]}`,
  );
}

test.each([
  [['rsa'], ['rsa-sha256 pass']],
  [['ed'], ['ed25519-sha256 pass']],
  [
    ['rsa', 'ed'],
    ['rsa-sha256 pass', 'ed25519-sha256 pass'],
  ],
] as const)('OpenDKIM takes the signatures of %j', async (names, verdicts) => {
  expect(await judged(await sign(names))).toEqual(verdicts);
});

test.each([
  ['the body', 'longer text', 'longer lie '],
  ['a link to leave by', '/unsubscribe/x', '/unsubscribe/y'],
  ['a second From', 'From: Weekly', 'From: Other <other@example.com>\r\nFrom: Weekly'],
])('OpenDKIM refuses what was changed: %s', async (_name, from, to) => {
  const signed = (await sign(['rsa', 'ed'])).toString('latin1');
  const verdicts = await judged(Buffer.from(signed.replace(from, to), 'latin1'));
  expect(verdicts.filter((verdict) => verdict.endsWith('pass'))).toEqual([]);
});
