import { expect, test } from 'vitest';
import type { Block } from '../../src/issue/document/document.ts';
import { archivePage } from '../../src/render/archive.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { renderPage } from '../../src/render/page.ts';
import { context, documentOf, everyKind, h, newsletter, p } from './fixtures.ts';

const { emails } = context();
const page = (over: object = {}) =>
  renderPage({ newsletter, language: 'en', emails, title: 'Leave <now>', body: '<h1>Leave</h1>', ...over });

test('a public page has language, title, name, postal address and no script', () => {
  const html = page();
  expect(html).toContain('<html lang="en" dir="ltr">');
  expect(html).toContain('<title>Leave &lt;now&gt; · Lighthouse Weekly</title>');
  expect(html).toContain('<p class="name">Lighthouse Weekly</p>');
  expect(html).toContain('1 Harbour Road');
  expect(html).toContain('name="viewport"');
  expect(html).not.toContain('<script');
});

test('a public page wears the colours of its newsletter, in light and dark', () => {
  const html = page({ newsletter: { ...newsletter, colors: { accent: '#0b6e4f' } } });
  expect(html).toContain('--accent: #0b6e4f;');
  expect(html).toMatch(/prefers-color-scheme: dark[\s\S]*--accent: #/);
});

test('a page of no newsletter, and one in Arabic, have their shell too', () => {
  expect(page({ newsletter: null })).toContain('<main>');
  expect(page({ language: 'ar' })).toContain('dir="rtl"');
});

test('what a newsletter is called cannot break a page', () => {
  const html = page({
    newsletter: { ...newsletter, name: '"><script>', logo: 'https://x.example/"onerror="y' },
  });
  expect(html).not.toMatch(/<script|"onerror=/);
});

test('the archive shows an issue without anything personal', async () => {
  const own: Block = {
    kind: 'prose',
    line: 1,
    content: [
      p(
        'Dear ',
        h('slot', { path: 'reader.name', fallback: 'reader' }),
        ', ',
        h('a', { dataSlot: 'link.unsubscribe' }, 'leave'),
        ' or mail ',
        h('slot', { path: 'reader.email' }),
      ),
    ],
  };
  const { edition } = await renderIssue(documentOf([own, everyKind.qa]), context());
  const html = archivePage(edition);
  expect(edition.html).toContain('You get this because you subscribed');
  expect(html, 'a stranger has not subscribed').not.toContain('because you subscribed');
  expect(html).toContain('Dear reader, leave or mail ');
  expect(html).not.toMatch(/Unsubscribe<|View in browser|href=""|\{\{/);
  expect(html).toContain('All issues</a>');
  expect(html).toContain('How often should a wick be trimmed?');
});
