/** Right-to-left passages in left-to-right issues, and the reverse. */
import { expect, test } from 'vitest';
import { contentHtml } from '../../../src/render/content/content-html.ts';
import type { ContentSettings } from '../../../src/render/content/content-settings.ts';
import { directionOfWords, isolated } from '../../../src/render/content/direction.ts';
import { h, p } from '../fixtures.ts';

const settings: ContentSettings = {
  baseUrl: null,
  image: () => null,
  slot: (path) => `*${path}*`,
  width: 576,
};

test('a Hebrew paragraph of an English issue runs from right to left, the others are left alone', () => {
  expect(contentHtml(settings, [p('English.'), p('שלום עולם.')])).toBe(
    '<p>English.</p><p dir="rtl">שלום עולם.</p>',
  );
  expect(contentHtml(settings, [h('ul', {}, h('li', {}, 'مرحبا.'), h('li', {}, 'Hi.'))])).toBe(
    '<ul><li dir="rtl">مرحبا.</li><li>Hi.</li></ul>',
  );
  expect(contentHtml(settings, [h('blockquote', {}, p('שלום.'), p('Hello there, all of you.'))])).toBe(
    '<blockquote><p dir="rtl">שלום.</p><p>Hello there, all of you.</p></blockquote>',
  );
});

test('an English paragraph of a Hebrew issue runs from left to right', () => {
  expect(contentHtml({ ...settings, direction: 'rtl' }, [p('שלום.'), p('Release 1.2 is out.')])).toBe(
    '<p>שלום.</p><p dir="ltr">Release 1.2 is out.</p>',
  );
});

test('most letters decide, not the first: a name of a product turns nothing', () => {
  expect(directionOfWords('Postrider שולח עלונים לכל המנויים.')).toBe('rtl');
  expect(directionOfWords('The word שלום means peace.')).toBe('ltr');
  expect(directionOfWords('1, 2, 3!')).toBeNull();
});

test('what an author says of the direction stays', () => {
  expect(contentHtml(settings, [h('p', { dir: 'ltr' }, 'שלום.')])).toBe('<p dir="ltr">שלום.</p>');
});

test('a value of a reader that runs the other way is isolated, all others stand as they are', () => {
  expect(isolated('דנה')).toBe('\u2068דנה\u2069');
  for (const value of ['Ann', 'São Paulo', '你好', 'https://a.example/?x=%D7%93', ''])
    expect(isolated(value)).toBe(value);
});
