/** Each row of docs/sites.md: what stands in its first cell is read, and is what its last cell says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElementContent } from 'hast';
import { describe, expect, it } from 'vitest';
import type { Block, Document } from '../../../src/issue/document/document.ts';
import { publicationHolds } from '../../../src/issue/document/publication.ts';
import { readIssue } from '../../../src/issue/read.ts';
import { contentWords } from '../../../src/render/content/content-words.ts';
import { root } from '../../helpers/processes.ts';

const NOW = new Date('2026-12-01T12:00:00Z');
const page = readFileSync(join(root, 'docs/sites.md'), 'utf8');

interface Row {
  site: string;
  kind: string;
  written: string;
  says: string;
}

/** A cell that is code, as it would be written. */
const codeIn = (cell: string): string =>
  (/^`(.*)`$/.exec(cell)?.[1] ?? cell).replaceAll('\\|', '|').replaceAll('⏎', '\n');

function rowsOf(section: string): Row[] {
  const [site = '', ...lines] = section.split('\n');
  let kind = '';
  return lines.flatMap((line) => {
    const cells = line.startsWith('|') ? line.split(/(?<!\\)\|/).map((cell) => cell.trim()) : [];
    const [, written = '', , says = ''] = cells;
    if (says === 'in the mail') kind = written;
    return says === '' || says === 'in the mail' || says.startsWith('---')
      ? []
      : [{ site, kind, written: codeIn(written), says }];
  });
}

const SOURCES: Readonly<Record<string, (written: string) => string>> = {
  'front matter': (written) => `---\ntitle: T\n${written}\n---\n\nText\n`,
  file: (written) => `${written}\n`,
  text: (written) => `---\ntitle: T\n---\n\n${written}\n`,
};

const wordsOf = (blocks: readonly Block[]): string =>
  blocks
    .map((block) => ('content' in block && block.content ? contentWords(spaced(block.content)) : ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Words of neighbouring blocks of HTML, apart. */
function spaced(content: readonly ElementContent[]): ElementContent[] {
  return content.flatMap((node): ElementContent[] =>
    node.type === 'element'
      ? [
          { ...node, children: spaced(node.children) },
          ...(/^(?:p|dt|dd|li)$/.test(node.tagName) ? [SPACE] : []),
        ]
      : [node],
  );
}
const SPACE = { type: 'text', value: ' ' } as const;

const errorsOf = ({ messages }: Document) => messages.filter(({ severity }) => severity === 'error');
const only = ({ blocks }: Document) => blocks[0];

const SAYINGS: readonly [RegExp, (document: Document, value: string) => void][] = [
  [/^a send is stopped$/, (document) => expect(publicationHolds(document, NOW)).not.toEqual([])],
  [/^is sent/, (document) => expect(publicationHolds(document, NOW)).toEqual([])],
  [/^the day `(.*)`$/, (document, value) => expect(document.date).toBe(value)],
  [/^the cover `(.*)`$/, (document, value) => expect(document.cover).toBe(value)],
  [/^no cover$/, (document) => expect(document.cover).toBeNull()],
  [/^shows `(.*)`$/, (document, value) => expect(wordsOf(document.blocks)).toBe(value)],
  [/^nothing$/, (document) => expect(document.blocks).toEqual([])],
  [
    /^a callout(?: `(.*)`)?$/,
    (document, value) =>
      expect(only(document)).toMatchObject({ kind: 'callout', ...(value && { title: value }) }),
  ],
  [/^code$/, (document) => expect(only(document)?.kind).toBe('code')],
  [/^a table$/, (document) => expect(only(document)?.kind).toBe('table')],
  [/^a film$/, (document) => expect(only(document)?.kind).toBe('video')],
  [/^a picture$/, (document) => expect(JSON.stringify(document.blocks)).toContain('"img"')],
  [/^an error$/, (document) => expect(errorsOf(document)[0]?.line).toEqual(expect.any(Number))],
];

const sections = page.split(/^## /m).slice(1).map(rowsOf);

it('the page has rows for each generator', () => {
  const sites = sections.map(([first]) => first?.site);
  expect(sites).toEqual(
    expect.arrayContaining(['Hugo', 'Jekyll', 'Hexo', 'Pelican', 'Eleventy', 'Astro', 'Zola']),
  );
  expect(sections.every((rows) => rows.length >= 5)).toBe(true);
});

describe.each(sections.flat())('$site: $written', ({ kind, written, says }) => {
  it(says, () => {
    const document = readIssue(SOURCES[kind]!(written), { file: 'x.md', timezone: 'Asia/Shanghai' });
    const [pattern, holds] = SAYINGS.find(([known]) => known.test(says)) ?? [];
    if (!pattern || !holds) expect.fail(`no test knows what ${JSON.stringify(says)} means`);
    holds(document, pattern.exec(says)?.[1] ?? '');
    if (says !== 'an error') expect(errorsOf(document)).toEqual([]);
  });
});
