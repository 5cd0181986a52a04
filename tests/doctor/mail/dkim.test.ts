/** `doctor`, DKIM: the published keys, and a message that is signed and verified with them. */
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Situation } from '../../../src/doctor/check/situation.ts';
import { zoneLine } from '../../../src/doctor/dns/record.ts';
import { dkimKeysCheck } from '../../../src/doctor/mail/dkim-keys.ts';
import { sampleMail } from '../../../src/doctor/mail/sample.ts';
import { signatureCheck } from '../../../src/doctor/mail/signature.ts';
import type { Records, Zone } from '../../helpers/dns-server.ts';
import {
  newsletter,
  only,
  relay,
  type SigningKey,
  said,
  settings,
  useKeyFiles,
  useNameServer,
} from '../fixtures.ts';

const names = useNameServer();
const makeKey = useKeyFiles();
let rsa: SigningKey;
let ed: SigningKey;
beforeAll(() => {
  rsa = makeKey('sel');
  ed = makeKey('ed', 'ed25519');
});

const AT = 'sel._domainkey.example.org';
const signingWith = (zone: Zone, keys: readonly SigningKey[], more: Partial<Situation> = {}) =>
  names.situation(zone, { relays: [relay({ dkim: keys.map(({ setting }) => setting) })], ...more });
/** The finding for a record at our selector. */
const published = (entry: Zone[string], level: 'error' | 'warning' | 'note' = 'error') =>
  only(dkimKeysCheck, signingWith({ [AT]: entry }, [rsa]), level);
const txt = (...TXT: NonNullable<Records['TXT']>): Records => ({ TXT });

describe('a published key', () => {
  test('that is ours is good, RSA and Ed25519', async () => {
    const zone = { [AT]: txt(rsa.record), 'ed._domainkey.example.org': txt(ed.record) };
    expect(await said(dkimKeysCheck, signingWith(zone, [rsa, ed]))).toEqual([
      'ok: RSA, 2048 bits',
      'ok: Ed25519',
    ]);
  });

  test('may be split into several strings, anywhere', async () => {
    const parts = [rsa.record.slice(0, 40), rsa.record.slice(40, 200), rsa.record.slice(200)];
    expect(await said(dkimKeysCheck, signingWith({ [AT]: txt(parts) }, [rsa]))).toEqual([
      'ok: RSA, 2048 bits',
    ]);
  });

  test('may be reached by a CNAME', async () => {
    const zone = { [AT]: { CNAME: 'key.esp.example' }, 'key.esp.example': txt(rsa.record) };
    expect(await said(dkimKeysCheck, signingWith(zone, [rsa]))).toEqual([
      'ok: RSA, 2048 bits, by a CNAME of key.esp.example',
    ]);
  });

  test('with blanks in p= and without v= still counts', async () => {
    const pasted = rsa.record.replace('v=DKIM1; ', '').replace(/(.{100})$/, ' $1');
    expect(await said(dkimKeysCheck, signingWith({ [AT]: txt(pasted) }, [rsa]))).toEqual([
      'ok: RSA, 2048 bits',
    ]);
  });
});

describe('a key that receivers cannot use', () => {
  test('missing: the record to publish, in strings of at most 255 octets', async () => {
    const finding = await published({ TXT: [] });
    expect(finding).toMatchObject({ subject: AT, found: 'no TXT record' });
    const line = zoneLine(finding.record!);
    expect(line).toMatch(new RegExp(`^${AT}\\. IN TXT "v=DKIM1; k=rsa; p=`));
    const strings = [...line.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
    expect(strings.join('')).toBe(rsa.record);
    expect(Math.max(...strings.map((text) => text.length))).toBeLessThanOrEqual(255);
  });

  test('NXDOMAIN, SERVFAIL and REFUSED are told apart', async () => {
    const absent = await only(dkimKeysCheck, signingWith({}, [rsa]), 'error');
    expect(absent).toMatchObject({ found: 'no such name in the DNS (NXDOMAIN)' });
    expect(await published('SERVFAIL')).toMatchObject({
      found: 'no answer from the DNS (SERVFAIL)',
      record: null,
    });
    expect(await published('REFUSED')).toMatchObject({ found: 'no answer from the DNS (REFUSED)' });
  });

  test('a CNAME that leads to nothing', async () => {
    expect((await published({ CNAME: 'gone.esp.example' })).found).toBe(
      'a CNAME of gone.esp.example, which has no key',
    );
  });

  test('revoked: an empty p=', async () => {
    expect((await published(txt('v=DKIM1; k=rsa; p='))).found).toBe('an empty p=: this key is revoked');
  });

  test('the wrong key', async () => {
    const other = makeKey('other');
    const finding = await published(txt(other.record));
    expect(finding.found).toBe(`another key than that of ${rsa.setting.keyFile}`);
    expect(finding.record!.value).toBe(rsa.record);
  });

  test('under 1024 bits', async () => {
    const short = makeKey('short', 768);
    expect((await published(txt(short.record))).found).toBe(
      'its key has 768 bits, and receivers refuse keys under 1024',
    );
  });

  test.each([
    ['two records', (record: string) => [record, record], /^2 TXT records/],
    ['another version', (record: string) => [record.replace('DKIM1', 'DKIM2')], /^v=DKIM2: expected v=DKIM1/],
    ['v= in the wrong place', (record: string) => [`k=rsa; v=DKIM1; ${record.slice(15)}`], /first tag/],
    ['another type', (record: string) => [record.replace('k=rsa', 'k=ed25519')], /^p= holds no ed25519 key/],
    ['a damaged key', (record: string) => [record.slice(0, -20)], /^p= holds no rsa key/],
    ['SHA-1 only', (record: string) => [record.replace('k=rsa', 'k=rsa; h=sha1')], /excludes sha256/],
    ['no email', (record: string) => [record.replace('k=rsa', 's=tlsrpt')], /^s=tlsrpt excludes email/],
    ['no tags', () => ['not a key'], /^it is not a list of tag=value/],
    ['no p=', () => ['v=DKIM1; k=rsa'], /^it has no p=/],
  ])('%s', async (_, change, found) => {
    expect((await published(txt(...change(rsa.record)))).found).toMatch(found);
  });
});

describe('what is not wrong and should change', () => {
  test('test mode, t=y', async () => {
    const finding = await published(txt(rsa.record.replace('k=rsa', 'k=rsa; t=y:s')), 'warning');
    expect(finding).toMatchObject({ found: 't=y, test mode: receivers may treat these mails as unsigned' });
    expect(finding.record!.value).toBe(rsa.record);
  });

  test('1024 bits', async () => {
    const short = makeKey('old', 1_024);
    const zone = { 'old._domainkey.example.org': txt(short.record) };
    expect((await only(dkimKeysCheck, signingWith(zone, [short]), 'note')).found).toBe('1024 bits');
  });

  test('a relay without our keys: it has to sign', async () => {
    expect((await only(dkimKeysCheck, names.situation({}), 'note')).change).toMatch(
      /dkim=example\.org:SELECTOR/,
    );
  });

  test('keys of other domains only', async () => {
    const foreign = makeKey('sel', 1_024, 'example.net');
    expect((await only(dkimKeysCheck, signingWith({}, [foreign]), 'warning')).found).toBe(
      'keys of other domains only (example.net)',
    );
  });
});

describe('a message of the newsletter', () => {
  test('is signed with every key, and each signature holds', async () => {
    const zone = { [AT]: txt(rsa.record), 'ed._domainkey.example.org': txt(ed.record) };
    expect(await said(signatureCheck, signingWith(zone, [rsa, ed]))).toEqual([
      'ok: List-Unsubscribe and List-Unsubscribe-Post are there',
      `ok: signed and verified with ${AT}`,
      'ok: signed and verified with ed._domainkey.example.org',
    ]);
  });

  test('is judged as mailauth judges it', async () => {
    const situation = signingWith({}, [rsa, ed]);
    const [through] = situation.relays;
    const signed = await situation.sign(through!, sampleMail(situation, newsletter(), through!).bytes);
    const resolver = async (name: string) => [[name.startsWith('sel.') ? rsa.record : ed.record]];
    const { results } = await dkimVerify(signed, { resolver });
    expect(results.map(({ status }) => [status.result, status.aligned])).toEqual([
      ['pass', 'example.org'],
      ['pass', 'example.org'],
    ]);
  });

  test.each([
    ['the wrong key', () => txt(makeKey('other').record), 'the key in the DNS did not make this signature'],
    ['a revoked key', () => txt('v=DKIM1; p='), 'the key is revoked'],
    ['no key', () => ({}), 'no TXT record'],
  ] satisfies [string, () => Records, string][])('does not hold with %s', async (_, entry, why) => {
    const finding = await only(signatureCheck, signingWith({ [AT]: entry() }, [rsa]), 'error');
    expect(finding.found).toBe(`the signature of ${AT} does not hold: ${why}`);
  });

  test('whose signature leaves the unsubscribe headers out: a warning', async () => {
    const unsigned = { relays: [relay({ dkim: [rsa.setting], unsigned: ['list-unsubscribe-post'] })] };
    const finding = await only(
      signatureCheck,
      names.situation({ [AT]: txt(rsa.record) }, unsigned),
      'warning',
    );
    expect(finding.change).toBe('take list-unsubscribe-post out of unsigned= of relay main in SMTP_URL');
  });

  test('whose unsubscribe address is not https: an error that names no token', async () => {
    const http = { settings: { ...settings, publicUrl: 'http://news.example.org' } };
    const finding = await only(signatureCheck, signingWith({ [AT]: txt(rsa.record) }, [rsa], http), 'error');
    expect(finding.found).toBe('the address http://news.example.org/..., which is not https');
  });
});
