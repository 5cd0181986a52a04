/** Compares the names listed in docs/themes.md with those that the code provides. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Block } from '../../../src/issue/document/document.ts';
import { type BlockContext, topDepthOf } from '../../../src/render/blocks/block-context.ts';
import { blockView } from '../../../src/render/blocks/block-view.ts';
import { picture } from '../../../src/render/content/picture.ts';
import { issueFields } from '../../../src/render/issue-fields.ts';
import { noticeFields } from '../../../src/render/service-mail.ts';
import { blockHelpers, valueHelpers } from '../../../src/render/slots/helpers.ts';
import { slotNames } from '../../../src/render/slots/slot-paths.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { cssValues } from '../../../src/render/theme/mail-styles.ts';
import { themeFor } from '../../../src/render/theme/theme.ts';
import { newsletterFields, themeView } from '../../../src/render/theme/theme-view.ts';
import { wordsFor } from '../../../src/render/theme/words.ts';
import { blockNames } from '../../../src/render/theme-check/block-names.ts';
import { documentOf, everyKind, newsletter } from '../fixtures.ts';

const docs = readFileSync(join(import.meta.dirname, '../../../docs/themes.md'), 'utf8');

/** The names in the first column of the tables below a heading. */
function listed(heading: string): string[] {
  const section = docs.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/themes.md has no section "${heading}"`);
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
}

/** Every path in a value: `a.b`, and `a[].b` for what lists hold; a picture is one. Functions are not for templates. */
function paths(value: unknown, at: string): string[] {
  if (Array.isArray(value))
    return value.length === 0 ? [at] : value.flatMap((item) => paths(item, `${at}[]`));
  if (typeof value === 'function') return [];
  if (typeof value !== 'object' || value === null || 'src' in value) return [at];
  return Object.entries(value).flatMap(([name, inner]) => paths(inner, `${at}.${name}`));
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

const emails = new EmailFiles();
const settings: BlockContext['settings'] = { baseUrl: null, image: () => null, slot: () => '', width: 600 };
const view = themeView(emails, newsletter, 'en', 'ltr');
const document = documentOf([], { cover: 'https://example.org/c.png', tags: ['a'], authors: ['b'] });

test('issue.*', () => {
  const fields = {
    ...issueFields(document, { slug: 's', archiveUrl: null }, settings, newsletter),
    body: '',
    extra: '',
  };
  const found = paths(fields, 'issue').map((path) => path.replace(/\[\]$/, ''));
  expect(unique(listed('The issue'))).toEqual(unique(found));
});

test('newsletter.*', () => {
  expect(unique(listed('The newsletter'))).toEqual(
    unique(paths(newsletterFields(newsletter, null), 'newsletter')),
  );
});

test('notice.*', () => {
  const fields = paths(
    noticeFields((word) => word),
    'notice',
  );
  expect(unique(listed('The notice'))).toEqual(unique(fields));
});

test('theme.*', () => {
  expect(unique(listed('The theme'))).toEqual(unique(paths(view, 'theme')));
});

test('a picture', () => {
  const view = picture(settings, { url: 'https://example.org/c.png', alt: '' });
  expect(unique(listed('A picture'))).toEqual(unique(Object.keys(view!)));
});

test('values of content.css', () => {
  const theme = themeFor(emails, newsletter, 'en');
  const names = Object.keys(cssValues(theme, theme.light)).map((name) => `var(--${name})`);
  expect(unique(listed('Colours and fonts in content.css'))).toEqual(unique(names));
});

test('reader.* and link.*', () => {
  expect(unique(listed('The reader and the links'))).toEqual(unique(slotNames));
});

test('helpers', () => {
  expect(unique(listed('Helpers'))).toEqual(unique([...Object.keys(blockHelpers), ...valueHelpers, 't']));
});

test('what theme check takes for a name of a block is what is listed', () => {
  for (const kind of Object.keys(everyKind)) {
    const wanted = [...listed('Every block'), ...listed(kind)];
    // `source` itself is listed beside what is in it.
    const leaves = wanted.filter((name) => !wanted.some((other) => other.startsWith(`${name}.`)));
    expect(unique(blockNames(kind) ?? []), kind).toEqual(unique(leaves));
  }
});

test.each(Object.keys(everyKind) as Block['kind'][])('block.* of %s', (kind) => {
  const block = everyKind[kind] as Block;
  const context: BlockContext = {
    settings,
    newsletter: newsletter.name,
    t: wordsFor(emails, 'en'),
    opening: undefined,
    topDepth: topDepthOf([block]),
  };
  const found = paths({ kind, ...blockView(context, block) }, 'block');
  const common = listed('Every block');
  const own = listed(kind);
  expect(unique([...common, ...own])).toEqual(unique(found.filter((path) => path !== '')));
});
