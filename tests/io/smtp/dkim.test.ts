import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keysFor, relaysWithoutKey } from '../../../src/delivery/relay/dkim/aligned-keys.ts';
import { dkimSigner } from '../../../src/io/smtp/dkim.ts';
import type { DkimKey, Relay } from '../../../src/ports.ts';

let folder: string;
const keys: Record<string, { setting: DkimKey; record: string }> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postrider-dkim-'));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed = generateKeyPairSync('ed25519');
  await keep(
    'rsa',
    rsa.privateKey,
    `v=DKIM1; k=rsa; p=${rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  );
  const raw = ed.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  await keep('ed', ed.privateKey, `v=DKIM1; k=ed25519; p=${raw.toString('base64')}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function keep(name: string, key: KeyObject, record: string): Promise<void> {
  const keyFile = join(folder, `${name}.pem`);
  await writeFile(keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
  keys[name] = { setting: { domain: 'example.org', selector: name, keyFile }, record };
}

/** The same message with fields taken out or put on top, as a relay would. */
const without = (text: string, ...names: string[]) =>
  names.reduce((rest, name) => rest.replace(new RegExp(`^${name}:.*\\r\\n`, 'm'), ''), text);

const message = Buffer.from(
  [
    'From: Weekly <news@example.org>',
    'To: Reader <reader@example.net>',
    'Subject: =?UTF-8?Q?Woche_42?=',
    ' and more',
    'Date: Fri, 20 Nov 2026 09:00:00 +0000',
    'Message-ID: <1.2.abc@example.org>',
    'List-Id: Weekly <weekly.example.org>',
    'List-Unsubscribe: <https://news.example.org/unsubscribe/x>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Two  blanks, and a line that ends in one. ',
    '',
    'The end.',
    '',
    '',
    '',
  ].join('\r\n'),
);

async function verified(signed: Buffer) {
  const resolver = async (name: string) => {
    const selector = name.split('.')[0]!;
    return [[keys[selector]!.record]];
  };
  const { results } = await dkimVerify(signed, { resolver });
  return results;
}

/**
 * RFC 6376 3.4.2 and 3.7 octet by octet, for one RSA signature on top: mailauth folds the octet A0 away and cannot
 * judge it.
 */
function holdsByOctets(given: Buffer): boolean {
  const head = given.toString('latin1', 0, given.indexOf('\r\n\r\n'));
  const fields = head
    .split(/\r\n(?![ \t])/)
    .map((line) => /^([^:]+):(.*)$/s.exec(line)!.slice(1) as [string, string]);
  const relaxed = ([name, value]: [string, string]) =>
    `${name.toLowerCase()}:${value
      .replace(/\r\n/g, '')
      .replace(/[\t ]+/g, ' ')
      .replace(/^ | $/g, '')}`;
  const [, own] = fields[0]!;
  const tag = (name: string) => new RegExp(`[ ;]${name}=([^;]*)`).exec(own)![1]!.replace(/\s/g, '');
  const left = fields.slice(1);
  const lines = tag('h')
    .split(':')
    .flatMap((name) => {
      const at = left.findLastIndex(([other]) => other.toLowerCase() === name);
      return at < 0 ? [] : left.splice(at, 1).map(relaxed);
    });
  const input = [...lines, relaxed(['dkim-signature', own.replace(/( b=).*$/s, '$1')])].join('\r\n');
  const key = createPublicKey(createPrivateKey(readFileSync(keys.rsa!.setting.keyFile)));
  return verify('sha256', Buffer.from(input, 'latin1'), key, Buffer.from(tag('b'), 'base64'));
}

const signWith = (...names: string[]) => signed(message, ...names);

const signed = (given: Buffer, ...names: string[]) =>
  dkimSigner({ keys: names.map((name) => keys[name]!.setting), unsigned: [] }, () => new Date())!(given);

describe('DKIM, judged by mailauth', () => {
  test.each([[['rsa']], [['ed']], [['rsa', 'ed']]])('signatures of %s hold', async (names) => {
    const results = await verified(await signWith(...names));
    expect(results.map(({ selector, status }) => [selector, status.result])).toEqual(
      names.map((name) => [name, 'pass']),
    );
  });

  test('both unsubscribe fields are covered, and listed once more than they are there', async () => {
    const head = (await signWith('rsa')).toString('latin1').replace(/\r\n[ \t]+/g, '');
    const listed = /;h=([^;]+);/.exec(head)![1]!.split(':');
    for (const name of ['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post'])
      expect(listed.filter((each) => each === name)).toHaveLength(2);
  });

  test.each([
    ['a changed body', (text: string) => text.replace('The end.', 'The End.')],
    ['a changed unsubscribe link', (text: string) => text.replace('unsubscribe/x', 'unsubscribe/y')],
    ['a second Subject', (text: string) => text.replace('From: W', 'Subject: other\r\nFrom: W')],
    [
      'a second List-Unsubscribe-Post',
      (text: string) => text.replace('From: W', 'List-Unsubscribe-Post: x\r\nFrom: W'),
    ],
  ])('%s breaks it', async (_, change) => {
    const signed = (await signWith('rsa')).toString('latin1');
    const [result] = await verified(Buffer.from(change(signed), 'latin1'));
    expect(result!.status.result).not.toBe('pass');
  });

  test('blanks that a relay changes at line ends do not break it', async () => {
    const signed = (await signWith('rsa')).toString('latin1');
    const [result] = await verified(Buffer.from(signed.replace('in one. \r\n', 'in one.\r\n'), 'latin1'));
    expect(result!.status.result).toBe('pass');
  });

  test.each([
    ['à@example.net', 'à@example.net'],
    ['你好@example.net', '你好@example.net'],
    ['a name with a no-break space', '=?UTF-8?Q?A=C2=A0B?= <reader@example.net>'],
  ])('To with %s keeps its octets: A0 is no blank', async (_, to) => {
    const given = Buffer.from(message.toString().replace('Reader <reader@example.net>', to));
    expect(holdsByOctets(await signed(given, 'rsa'))).toBe(true);
  });

  test.each(['Feedback-ID', 'List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post', 'List-Archive'])(
    'a relay may add %s to a confirmation, which has none',
    async (name) => {
      const bare = without(message.toString(), 'List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post');
      const text = (await signed(Buffer.from(bare), 'rsa')).toString('latin1');
      const [result] = await verified(Buffer.from(`${name}: of the relay\r\n${text}`, 'latin1'));
      expect(result!.status.result).toBe('pass');
    },
  );

  test('a relay may add a Feedback-ID of its own to ours', async () => {
    const given = Buffer.from(`Feedback-ID: 1:weekly:postrider\r\n${message}`);
    const text = (await signed(given, 'rsa')).toString('latin1');
    const [result] = await verified(Buffer.from(`Feedback-ID: of the relay\r\n${text}`, 'latin1'));
    expect(result!.status.result).toBe('pass');
  });

  test.each(['From', 'To', 'Reply-To', 'Subject'])('a second %s breaks it, also a first', async (name) => {
    const text = (await signWith('rsa')).toString('latin1');
    const [result] = await verified(Buffer.from(`${name}: x@example.com\r\n${text}`, 'latin1'));
    expect(result!.status.result).not.toBe('pass');
  });

  test('a relay that replaces Message-ID and Date breaks nothing where they are left unsigned', async () => {
    const { setting } = keys.rsa!;
    const sign = dkimSigner({ keys: [setting], unsigned: ['message-id', 'date'] }, () => new Date())!;
    const text = (await sign(message)).toString('latin1');
    const replaced = text
      .replace('<1.2.abc@example.org>', '<0100@eu-west-1.amazonses.example>')
      .replace('Fri, 20 Nov 2026', 'Sat, 21 Nov 2026');
    const [result] = await verified(Buffer.from(replaced, 'latin1'));
    expect(result!.status.result).toBe('pass');
  });

  test('no line of the signature is longer than 78 octets', async () => {
    const head = (await signWith('rsa', 'ed')).toString('latin1').split('From: W')[0]!;
    expect(Math.max(...head.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
  });
});

describe('which keys sign', () => {
  const key = (domain: string, selector = 's'): DkimKey => ({ domain, selector, keyFile: 'x.pem' });
  const chosen = (from: string, ...domains: string[]) =>
    keysFor(
      domains.map((domain, at) => key(domain, `s${at}`)),
      from,
    ).map(({ domain, selector }) => `${selector} ${domain}`);

  test.each([
    ['the key of its own domain', 'example.org', ['example.com', 'example.org'], ['s1 example.org']],
    [
      'its own before the one above it',
      'news.example.org',
      ['example.org', 'news.example.org'],
      ['s1 news.example.org'],
    ],
    [
      'the nearest one above it',
      'a.news.example.org',
      ['example.org', 'news.example.org'],
      ['s1 news.example.org'],
    ],
    [
      'one above it before one beside it',
      'news.example.org',
      ['mail.example.org', 'example.org'],
      ['s1 example.org'],
    ],
    [
      'one below it, which relaxed alignment takes',
      'example.org',
      ['mail.example.org'],
      ['s0 mail.example.org'],
    ],
    [
      'RSA and Ed25519 of one domain',
      'example.org',
      ['example.org', 'EXAMPLE.org'],
      ['s0 example.org', 's1 EXAMPLE.org'],
    ],
    ['none of another organization', 'example.net', ['example.org'], []],
    ['none that only ends alike', 'myexample.org', ['example.org'], []],
    ['none below the same public suffix', 'weekly.co.uk', ['other.co.uk', 'co.uk'], []],
    ['none of another customer of a shared domain', 'ann.github.io', ['bob.github.io'], []],
    [
      'its own where no public suffix is known',
      'news.weekly.internal',
      ['weekly.internal'],
      ['s0 weekly.internal'],
    ],
  ])('%s', (_, from, domains, expected) => {
    expect(chosen(from, ...domains)).toEqual(expected);
  });

  test('a sender that no key is aligned with is sent as it is, and said so beforehand', async () => {
    const foreign = Buffer.from(message.toString().replace('news@example.org', 'news@example.net'));
    expect(await signed(foreign, 'rsa')).toBe(foreign);
    const relay = { settings: { name: 'main', dkim: [keys.rsa!.setting] } } as unknown as Relay;
    expect(relaysWithoutKey([relay], 'news@example.org')).toEqual([]);
    expect(relaysWithoutKey([relay], 'news@example.net')).toEqual([
      'relay main signs for example.org, not for example.net: mails from news@example.net go out without a DKIM signature; add dkim=example.net:SELECTOR:/path.pem to it in SMTP_URL',
    ]);
  });
});
