import { expect, test } from 'vitest';
import { renderServiceMail, serviceMailNames } from '../../src/render/service-mail.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { context, newsletter } from './fixtures.ts';

const { emails } = context();
const link = {
  confirm: 'https://example.org/confirm/abc',
  reject: 'https://example.org/confirm/no',
  unsubscribe: 'https://example.org/u',
};

test('a confirmation has one button, the address in letters, and "it was not me"', async () => {
  const edition = await renderServiceMail('confirmation', newsletter, 'en', emails);
  const html = compileFill(edition.html, 'html')({ reader: {}, link });
  expect(edition.subject).toBe('Please confirm your subscription to Lighthouse Weekly');
  expect(html.match(/class="button"/g)).toHaveLength(1);
  expect(html).toContain('>https://example.org/confirm/abc</a>');
  expect(html).toMatch(/confirm\/no"[^>]*>It was not me: never write to me<\/a>/);
  expect(compileFill(edition.text, 'text')({ reader: {}, link })).toContain(`Confirm my subscription:
https://example.org/confirm/abc

If it was not you, ignore this mail.

It was not me: never write to me:
https://example.org/confirm/no
`);
});

test("a service mail speaks the reader's language, whatever the newsletter speaks", async () => {
  const edition = await renderServiceMail('confirmation', newsletter, 'zh-CN', emails);
  expect(edition.language).toBe('zh-CN');
  expect(edition.subject).toBe('请确认订阅“Lighthouse Weekly”');
  expect(edition.html).toContain('<html lang="zh-CN"');
  expect(edition.text).toContain('不是我：不要再给我写信');
});

test('a service mail belongs to no list and answers to no robot', async () => {
  const edition = await renderServiceMail('welcome', newsletter, 'en', emails);
  expect(edition).toMatchObject({
    listId: null,
    archiveUrl: null,
    feedbackId: null,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
    },
  });
});

test('no service mail tells where it is not led to', async () => {
  for (const name of serviceMailNames.filter((one) => one !== 'confirmation')) {
    const edition = await renderServiceMail(name, newsletter, 'en', emails);
    expect(compileFill(edition.html, 'html')({ reader: {}, link: {} })).not.toContain('href=""');
  }
});

test('a notice says its own words, in the language of its reader, and leads where its button says', async () => {
  const action = 'https://example.org/preferences/abc';
  const edition = await renderServiceMail('already-reader', newsletter, 'zh', emails);
  expect(edition.subject).toBe('您已订阅“Lighthouse Weekly”');
  expect(compileFill(edition.html, 'html')({ reader: {}, link: { action } })).toContain(`href="${action}"`);
  expect(compileFill(edition.text, 'text')({ reader: {}, link: { action } })).toContain(
    `调整接收内容：\n${action}\n`,
  );
});

test('the same mail has the same hash, another language another one', async () => {
  const hash = async (language: string) =>
    (await renderServiceMail('confirmation', newsletter, language, emails)).hash;
  expect(await hash('en')).toBe(await hash('en'));
  expect(await hash('zh')).not.toBe(await hash('en'));
});

test("a newsletter's name is text", async () => {
  const hostile = { ...newsletter, name: '</mj-text>{{evil}}<script>' };
  const edition = await renderServiceMail('confirmation', hostile, 'en', emails);
  const html = compileFill(edition.html, 'html')({ reader: {}, link });
  expect(html).not.toMatch(/<script|<\/mj-/);
  expect(html).toContain('&lt;/mj-text&gt;{{evil}}&lt;script&gt;');
});

test("a welcome has the newsletter's own paragraph, past issues and the way out", async () => {
  const welcoming = { ...newsletter, archive: 'public' as const, welcomeText: 'Boats & tides <every> week.' };
  const edition = await renderServiceMail('welcome', welcoming, 'en', emails);
  const links = { ...link, view: 'https://example.org/archive', preferences: 'https://example.org/p' };
  const html = compileFill(edition.html, 'html')({ reader: {}, link: links });
  expect(html).toContain('Boats &amp; tides &lt;every&gt; week.');
  expect(html).toMatch(/href="https:\/\/example\.org\/u"/);
  const text = compileFill(edition.text, 'text')({ reader: {}, link: links });
  expect(text).toContain('Boats & tides <every> week.');
  expect(text).toContain('Read past issues:\nhttps://example.org/archive\n');
  expect(text).toContain('Unsubscribe:\nhttps://example.org/u\n');
  const closed = await renderServiceMail('welcome', { ...welcoming, archive: 'off' }, 'en', emails);
  expect(closed.text).not.toContain('Read past issues');
});

test('a confirmation of several newsletters names them all, in the language of its reader', async () => {
  const names = ['Lighthouse Weekly', 'Daily <b>', 'Tides'];
  const edition = await renderServiceMail('confirmation', newsletter, 'en', emails, names);
  expect(edition.subject).toContain('Lighthouse Weekly, Daily <b>, and Tides');
  expect(edition.html).toContain('Lighthouse Weekly, Daily &lt;b&gt;, and Tides');
  const chinese = await renderServiceMail('confirmation', newsletter, 'zh', emails, names);
  expect(chinese.subject).toContain('Lighthouse Weekly、Daily <b>和Tides');
});
