import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findMails } from '../../../src/cli/feedback/mail-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postrider-mails-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (path: string, text: string): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const line = 'From MAILER-DAEMON  Tue Dec  1 10:00:00 2026\n';

async function paths(...from: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const mail of findMails(from)) found.push(mail.path);
  return found;
}

test('a folder is read to its depths, in the order of names, without what is no mail', async () => {
  put('b.eml', 'Subject: b\n\n');
  put('a/c.eml', 'Subject: c\n\n');
  put('README', 'These are mails of last week.\n');
  put('list.tsv', 'path\tclass\n');
  put('.hidden', 'Subject: hidden\n\n');
  put('saved', 'Subject: no ending\n\n');
  expect(await paths(folder)).toEqual(['a/c.eml', 'b.eml', 'saved']);
});

test('a Maildir gives its new and current mails, not those being written, nor its index', async () => {
  for (const name of [
    'cur/1.host:2,S',
    'new/2.host',
    'tmp/3.host',
    '.Junk/cur/4.host:2,',
    '.Junk/new/5.host',
  ])
    put(name, 'Subject: x\n\n');
  put('dovecot.index', 'Subject: index\n\n');
  expect(await paths(folder)).toEqual([
    '.Junk/cur/4.host:2,',
    '.Junk/new/5.host',
    'cur/1.host:2,S',
    'new/2.host',
  ]);
});

test('each mail of an mbox is one; an .eml file is one, whatever it holds', async () => {
  put('box', `${line}Subject: 1\n\nx\n\n${line}Subject: 2\n\nx\n`);
  put('two.eml', `${line}Subject: 1\n\nx\n\n${line}Subject: 2\n\nx\n`);
  expect(await paths(join(folder, 'box'))).toEqual(['box', 'box']);
  expect(await paths(join(folder, 'two.eml'))).toEqual(['two.eml']);
});

test('a missing path is refused before anything is read', async () => {
  put('a.eml', 'Subject: a\n\n');
  await expect(paths(folder, join(folder, 'gone'))).rejects.toThrow(/nothing at .*gone/);
});

test('a folder without mails says what it expects', async () => {
  await expect(paths(folder)).rejects.toThrow(/expected mails in .* found none/);
});
