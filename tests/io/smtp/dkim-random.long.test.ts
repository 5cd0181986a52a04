/**
 * Random valid messages, signed by us and judged by three implementations that share no code with us or each other:
 * OpenDKIM (C), dkimpy (Python), mailauth (JavaScript). Addresses in six scripts, long fields, every theme, language
 * and service mail.
 */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dkimSigner, type Signer } from '../../../src/io/smtp/dkim.ts';
import { readIssue } from '../../../src/issue/read.ts';
import type { Fill } from '../../../src/render/edition/edition.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { compileMessages, type FillMessage } from '../../../src/render/message/message.ts';
import { renderServiceMail } from '../../../src/render/service-mail.ts';
import { provide } from '../../helpers/setup/programs.ts';
import { context, newsletter } from '../../render/fixtures.ts';

const MESSAGES = 10_000;
const BATCH = 500;
const run = promisify(execFile);

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed: generateKeyPairSync('ed25519'),
};
const der = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const records: Record<string, string> = {
  rsa: `v=DKIM1; k=rsa; p=${der(pairs.rsa.publicKey).toString('base64')}`,
  ed: `v=DKIM1; k=ed25519; p=${der(pairs.ed.publicKey).subarray(-32).toString('base64')}`,
};

/** Prints one line a file: its name and what each of its two signatures is worth. */
const DKIMPY = `
import json, sys, dkim
records = {k.encode(): v.encode() for k, v in json.load(open(sys.argv[1])).items()}
def dns(name, timeout=5): return records[name.split(b'.')[0]]
for path in sys.argv[2:]:
    said = []
    for index in (0, 1):
        try: said.append('pass' if dkim.DKIM(open(path, 'rb').read()).verify(index, dnsfunc=dns) else 'fail')
        except dkim.DKIMException as error: said.append('error %s' % error)
    print(path.split('/')[-1], ' '.join(said))
`;

let folder: string;
let opendkim: string;
let sign: Signer;
let editions: { compose: FillMessage; links: 'issue' | 'confirmation' | 'none' }[];

beforeAll(async () => {
  opendkim = provide({ what: 'OpenDKIM', names: ['opendkim'], packages: ['opendkim'], service: 'opendkim' });
  provide({ what: 'dkimpy', names: ['dkimverify'], packages: ['python3-dkim', 'python3-nacl'] });
  folder = await mkdtemp(join(tmpdir(), 'postrider-dkim-random-'));
  const lines = Object.entries(records).map(([name, record]) => `${name}._domainkey.example.org ${record}\n`);
  await writeFile(join(folder, 'dns'), lines.join(''));
  await writeFile(join(folder, 'dns.json'), JSON.stringify(records));
  await writeFile(join(folder, 'conf'), `Mode v\nTestDNSData file:${join(folder, 'dns')}\n`);
  await writeFile(join(folder, 'check.py'), DKIMPY);
  const keys = Object.entries(pairs).map(async ([selector, { privateKey }]) => {
    const keyFile = join(folder, `${selector}.pem`);
    await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return { domain: 'example.org', selector, keyFile };
  });
  sign = dkimSigner({ keys: await Promise.all(keys), unsigned: [] }, () => new Date())!;
  editions = await Promise.all([...issues(), ...serviceMails()]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const view = (theme: string, language: string) => ({
  ...newsletter,
  theme,
  language,
  from: { name: '周刊 “Weekly”', address: 'news@example.org' },
});

function issues() {
  const samples = ['plain-en.md', 'weekly-zh.md'];
  return ['default', 'quiet'].flatMap((theme) =>
    samples.map(async (name) => {
      const source = await readFile(new URL(`../../../emails/samples/${name}`, import.meta.url), 'utf8');
      const document = readIssue(source, { file: name });
      const over = context({ newsletter: view(theme, document.language) });
      const { edition } = await renderIssue(document, over);
      return { compose: compileMessages(edition), links: 'issue' as const };
    }),
  );
}

function serviceMails() {
  return ['en', 'zh'].flatMap((language) =>
    (['confirmation', 'welcome', 'already-reader'] as const).map(async (kind) => {
      const edition = await renderServiceMail(kind, view('default', language), language, context().emails);
      const links = kind === 'confirmation' ? ('confirmation' as const) : ('none' as const);
      return { compose: compileMessages(edition), links };
    }),
  );
}

/** Latin, Cyrillic, Greek, Han, Arabic and Devanagari; `à`, `你` and others hold the octet A0 in UTF-8. */
const letters = [
  'abcdefghijklmnopqrstuvwxyz0123456789.!#$%&*+-/=?^_`{|}~'.replace('.', ''),
  'àáâãäåæçèéêë',
  'абвгдежзРПо',
  'αβγδεζηθικ',
  '你好周刊读者信',
  'سلامبريد',
  'नमस्तेडाक',
];
const word = (min: number, max: number) =>
  fc
    .constantFrom(...letters)
    .chain((script) => fc.array(fc.constantFrom(...script), { minLength: min, maxLength: max }))
    .map((parts) => parts.join(''));
const local = word(1, 12).map((text) => text.normalize('NFC'));
const name = fc.array(word(1, 30), { maxLength: 12 }).map((words) => words.join(' '));
const path = fc
  .array(fc.constantFrom(...'ABCxyz019-_.~'), { minLength: 20, maxLength: 700 })
  .map((parts) => parts.join(''));
const message = fc.record({ edition: fc.nat(), local, name, path, minute: fc.nat(1_000_000) });

async function messageOf(random: typeof message extends fc.Arbitrary<infer T> ? T : never): Promise<Buffer> {
  const { compose, links } = editions[random.edition % editions.length]!;
  const link = (act: string) => `https://news.example.org/${act}/${random.path}`;
  const address = `${random.local}@example.net`;
  const linksOf: Record<typeof links, Fill['links']> = {
    issue: { view: 'https://news.example.org/archive/weekly/1', unsubscribe: link('unsubscribe') },
    confirmation: { confirm: link('confirm'), reject: link('reject') },
    none: {},
  };
  const fill: Fill = {
    to: { name: random.name, address },
    reader: { email: address, name: random.name, language: 'en', attributes: {} },
    links: linksOf[links],
    messageId: `${random.path.slice(0, 200).replace(/^\.|\.$|\.(?=\.)/g, 'x')}@example.org`,
    deliveryId: `k1.${random.path.slice(0, 300)}`,
    date: new Date(1_780_000_000_000 + random.minute * 60_000),
  };
  return sign(compose(fill));
}

/** `001.eml` -> what the two signatures are worth. */
type Verdicts = Map<string, string>;

/** It prints what it would write into Authentication-Results, then the file's name. */
async function openDkim(files: readonly string[]): Promise<Verdicts> {
  const { stdout } = await run(opendkim, ['-x', join(folder, 'conf'), '-vv', '-t', files.join(',')], {
    maxBuffer: 1e9,
  });
  const verdicts: Verdicts = new Map();
  let signatures: string[] = [];
  for (const [, verdict, file] of stdout.matchAll(/\bdkim=(\w+)|\/(\d+\.eml): /g)) {
    if (verdict) signatures.push(verdict);
    if (!file) continue;
    verdicts.set(file, signatures.join(' '));
    signatures = [];
  }
  return verdicts;
}

async function dkimpy(files: readonly string[]): Promise<Verdicts> {
  const script = [join(folder, 'check.py'), join(folder, 'dns.json')];
  const { stdout } = await run('/usr/bin/python3', [...script, ...files], { maxBuffer: 1e9 });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}

async function mailAuth(signed: Buffer): Promise<string> {
  const resolver = async (at: string) => [[records[at.split('.')[0]!]!]];
  const { results } = await dkimVerify(signed, { resolver });
  return results.map(({ status }) => status.result).join(' ');
}

test('both signatures of every message hold for OpenDKIM, dkimpy and mailauth', async () => {
  const failed: string[] = [];
  let judged = 0;
  let folded = 0;
  for (let batch = 0; batch * BATCH < MESSAGES; batch++) {
    const at = join(folder, String(batch));
    await mkdir(at);
    const made = await Promise.all(
      fc.sample(message, { numRuns: BATCH, seed: 7_919 + batch }).map(messageOf),
    );
    const files = made.map((_, n) => join(at, `${n}.eml`));
    await Promise.all(made.map((bytes, n) => writeFile(files[n]!, bytes)));
    const [c, python] = await Promise.all([openDkim(files), dkimpy(files)]);
    for (const [n, bytes] of made.entries()) {
      const verdicts = {
        opendkim: c.get(`${n}.eml`),
        dkimpy: python.get(`${n}.eml`),
        mailauth: await mailAuth(bytes),
      };
      // mailauth takes the octet A0 for a blank when it folds a header, which RFC 6376 3.4.2 does not: it is wrong then.
      const bare = holdsA0(bytes);
      if (bare) folded += 1;
      const expected = {
        opendkim: 'pass pass',
        dkimpy: 'pass pass',
        mailauth: bare ? verdicts.mailauth : 'pass pass',
      };
      if (JSON.stringify(verdicts) !== JSON.stringify(expected)) failed.push(JSON.stringify(verdicts));
      judged += 1;
    }
    await rm(at, { recursive: true });
  }
  process.stdout.write(`${judged} messages judged, ${folded} with the octet A0 in their header\n`);
  expect(failed).toEqual([]);
  expect(judged).toBe(MESSAGES);
  expect(folded).toBeGreaterThan(100);
}, 600_000);

const holdsA0 = (bytes: Buffer): boolean => bytes.subarray(0, bytes.indexOf('\r\n\r\n')).includes(0xa0);
