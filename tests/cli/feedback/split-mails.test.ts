import { expect, test } from 'vitest';
import { splitMails } from '../../../src/cli/feedback/split-mails.ts';

const MB = 1024 * 1024;

async function split(text: string, chunk = 7): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const mails: string[] = [];
  for await (const mail of splitMails(chunks())) mails.push(mail.toString());
  return mails;
}

const line = 'From MAILER-DAEMON  Tue Dec  1 10:00:00 2026';
const mail = (n: number) => `${line}\nSubject: ${n}\n\nBody ${n}\n`;

test('a file that does not begin with a From line is one mail', async () => {
  const text = `Subject: one\n\nHello\n\n${line}\nSubject: quoted\n\n`;
  expect(await split(text)).toEqual([text]);
});

test.each([1, 7, 64, 1_000_000])(
  'an mbox in chunks of %i bytes is split at its From lines',
  async (chunk) => {
    const text = `${mail(1)}\n${mail(2)}\n${mail(3)}`;
    expect(await split(text, chunk)).toEqual([mail(1), mail(2), mail(3)]);
  },
);

test('a From in the text of a mail begins no other', async () => {
  const text = `${line}\n\nFrom here on\n\nFrom Monday we open.\nText\n${line} is quoted\n`;
  expect(await split(text)).toEqual([text]);
});

test('CRLF separates mails too', async () => {
  const text = `${mail(1)}\n${mail(2)}`.replaceAll('\n', '\r\n');
  expect(await split(text)).toHaveLength(2);
});

test('of a mail longer than 1 MB the beginning is kept, and the next one is found', async () => {
  const long = `${line}\n\n${'x'.repeat(5 * MB)}\n`;
  const mails = await split(`${long}\n${mail(2)}`, 65_536);
  expect(mails.map((one) => one.length)).toEqual([MB, mail(2).length]);
});

test('nothing is no mail', async () => {
  expect(await split('')).toEqual([]);
});
