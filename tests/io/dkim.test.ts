import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DkimKey } from '../../src/delivery/ports.ts';
import { dkimSigner } from '../../src/io/smtp/dkim.ts';

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

const signWith = (...names: string[]) =>
  dkimSigner(
    names.map((name) => keys[name]!.setting),
    () => new Date(),
  )!(message);

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

  test('no line of the signature is longer than 78 octets', async () => {
    const head = (await signWith('rsa', 'ed')).toString('latin1').split('From: W')[0]!;
    expect(Math.max(...head.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
  });
});
