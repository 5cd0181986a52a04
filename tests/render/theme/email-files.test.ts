import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { languagesOf, wordsFor } from '../../../src/render/theme/words.ts';

let own: string;
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'emails-'));
});
afterEach(() => rmSync(own, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(own, path)), { recursive: true });
  writeFileSync(join(own, path), text);
}

test('the built-in files are found without any setting', () => {
  expect(new EmailFiles().read('themes/default/theme.yaml')).toContain('colors:');
  expect(new EmailFiles().list('themes')).toContain('default');
});

test('an own file hides the built-in one of the same path, and only that', () => {
  write('blocks/quote.mjml', 'mine');
  const emails = new EmailFiles(own);
  expect(emails.read('blocks/quote.mjml')).toBe('mine');
  expect(emails.read('blocks/code.mjml')).toBe(new EmailFiles().read('blocks/code.mjml'));
  expect(emails.list('blocks')).toEqual(new EmailFiles().list('blocks'));
});

test('faults name an own file by where it lies, a built-in one from emails/ on', () => {
  write('blocks/quote.mjml', 'mine');
  const emails = new EmailFiles(own);
  expect(emails.name('blocks/quote.mjml')).toBe(join(own, 'blocks/quote.mjml'));
  expect(emails.name('blocks/code.mjml')).toBe('emails/blocks/code.mjml');
});

test('a path never leads out of the folder', () => {
  const emails = new EmailFiles(own);
  for (const path of ['../package.json', 'themes/../../package.json', '/etc/passwd', '.git/config', 'a\\b']) {
    expect(() => emails.read(path), path).toThrow(/inside emails/);
  }
});

test('a file that is not there is null, or a fault where it is needed', () => {
  expect(new EmailFiles(own).read('blocks/none.mjml')).toBeNull();
  expect(() => new EmailFiles(own).need('blocks/none.mjml')).toThrow(
    'emails/blocks/none.mjml: there is no such file',
  );
});

test('byte order mark and Windows line ends of an editor do not reach templates', () => {
  write('blocks/quote.mjml', '\uFEFFone\r\ntwo\r\n');
  expect(new EmailFiles(own).read('blocks/quote.mjml')).toBe('one\ntwo\n');
});

test('words speak the language asked for, its parent, else English', () => {
  const emails = new EmailFiles();
  expect(wordsFor(emails, 'zh')('issue.unsubscribe')).toBe('退订');
  expect(wordsFor(emails, 'zh-Hans-CN')('issue.unsubscribe')).toBe('退订');
  expect(wordsFor(emails, 'fr')('issue.unsubscribe')).toBe('Unsubscribe');
  expect(wordsFor(emails, '../../x')('issue.unsubscribe')).toBe('Unsubscribe');
});

test('a new file is a new language, and what it lacks is said in English', () => {
  write('words/fr.json', '{ "issue.unsubscribe": "Se désabonner" }');
  const emails = new EmailFiles(own);
  expect(languagesOf(emails)).toEqual(['en', 'fr', 'zh']);
  expect(wordsFor(emails, 'fr')('issue.unsubscribe')).toBe('Se désabonner');
  expect(wordsFor(emails, 'fr')('issue.view')).toBe('View in browser');
});

test('an own words file changes single words of a built-in language', () => {
  write('words/zh.json', '{ "issue.unsubscribe": "取消订阅" }');
  const t = wordsFor(new EmailFiles(own), 'zh');
  expect(t('issue.unsubscribe')).toBe('取消订阅');
  expect(t('issue.view')).toBe('在浏览器中查看');
});

test('names in braces are filled, unknown ones stay', () => {
  write('words/en.json', '{ "x": "{a} and {b} and {a}" }');
  expect(wordsFor(new EmailFiles(own), 'en')('x', { a: 1 })).toBe('1 and {b} and 1');
});

test('a word that nobody has and a broken file are told by file', () => {
  expect(() => wordsFor(new EmailFiles(), 'zh')('no.such')).toThrow('no word "no.such"');
  expect(() => wordsFor(new EmailFiles(), 'en')('toString')).toThrow('no word "toString"');
  write('words/en.json', '{ "x": ');
  expect(() => wordsFor(new EmailFiles(own), 'en')).toThrow(join(own, 'words/en.json'));
});

test('English and Chinese have the same words', () => {
  const keys = (language: string) => Object.keys(JSON.parse(new EmailFiles().need(`words/${language}.json`)));
  expect(keys('zh').sort()).toEqual(keys('en').sort());
});
