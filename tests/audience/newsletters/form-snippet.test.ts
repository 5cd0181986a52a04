import { expect, test } from 'vitest';
import { formSnippet } from '../../../src/audience/newsletters/form-snippet.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';

const emails = new EmailFiles();
const weekly = {
  slug: 'weekly',
  name: 'Cats & <Dogs>',
  language: 'en',
  privacyUrl: 'https://example.org/p?a=1&b=2',
};
const daily = { slug: 'daily', name: 'Daily', language: 'zh', privacyUrl: null };

test('a form without scripts, styles or anything of ours that loads', () => {
  const html = formSnippet(emails, 'https://news.example.org/mail', [weekly]);
  expect(html).toContain('action="https://news.example.org/mail/subscribe/weekly?lang=en"');
  expect(html).toContain('I want to receive Cats &amp; &lt;Dogs&gt; by email.');
  expect(html).toContain('href="https://example.org/p?a=1&amp;b=2"');
  expect(html).not.toMatch(/<script|<style|<img|<link|checkbox|style=/);
});

test('for several newsletters each is ticked by the reader', () => {
  const html = formSnippet(emails, 'https://news.example.org', [daily, weekly]);
  expect(html).toContain('action="https://news.example.org/subscribe?lang=zh"');
  expect(html.match(/type="checkbox" name="newsletter" value="(daily|weekly)">/g)).toHaveLength(2);
  expect(html).toContain('我愿意通过邮件接收所勾选的邮件通讯');
});
