/** Outlook tears rows of tables that are higher than some 1,800 px: what the mail is made of is cut before that. */
import { expect, test } from 'vitest';
import { outlookFaults } from '../../../src/checks/outlook.ts';
import type { Block } from '../../../src/issue/document/document.ts';
import { estimatedHeight } from '../../../src/render/blocks/estimated-height.ts';
import { type BlockPart, splitBlock } from '../../../src/render/blocks/split-block.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { context, documentOf, everyKind, h, newsletter, p } from '../fixtures.ts';

const text = 'A sentence that is long enough to be read, and then some more of it. '.repeat(6);
const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const line = 1;

const tall: Record<string, Block> = {
  'an article': { kind: 'prose', line, content: many(40, () => p(text)) },
  'a list': {
    kind: 'prose',
    line,
    content: [h('ul', {}, ...many(80, (at) => h('li', {}, `${at} ${text}`)))],
  },
  'a quote': { kind: 'quote', line, content: [h('blockquote', {}, ...many(30, () => p(text)))] },
  'a listing': { kind: 'code', line, code: many(200, (at) => `line ${at}`).join('\n') },
  'a listing of long lines': {
    kind: 'code',
    line,
    code: many(90, (at) => `${at} ${'a word of code '.repeat(6)}`).join('\n'),
  },
  'a table': {
    kind: 'table',
    line,
    content: [
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, h('th', {}, 'Lamp'))),
        h('tbody', {}, ...many(120, (at) => h('tr', {}, h('td', {}, `lamp ${at}`)))),
      ),
    ],
  },
  'a conversation': {
    kind: 'qa',
    line,
    questions: [
      {
        line,
        asker: 'Ada',
        turns: many(20, (at) => ({ role: at % 2 ? 'answer' : 'question', content: many(3, () => p(text)) })),
        source: { label: 'Handbook', url: 'https://example.org/handbook' },
      },
    ],
  },
  'one answer': {
    kind: 'qa',
    line,
    questions: [{ line, asker: 'Ben', turns: [{ role: 'answer', content: many(40, () => p(text)) }] }],
  },
};

test.each(Object.entries(tall))('%s of any length makes no row that Outlook tears', async (_, block) => {
  for (const theme of ['default', 'quiet']) {
    const { edition } = await renderIssue(
      documentOf([block]),
      context({ newsletter: { ...newsletter, theme } }),
    );
    expect(outlookFaults(edition.html), theme).toEqual([]);
  }
});

test('an asker is named once, and the source stands at the end', async () => {
  const { edition } = await renderIssue(documentOf([tall['a conversation']!]), context());
  expect(edition.html.match(/class="who"/g)).toHaveLength(1);
  expect(edition.html.match(/>Handbook</g)).toHaveLength(1);
  expect(edition.html.indexOf('>Handbook<')).toBeGreaterThan(edition.html.lastIndexOf('A sentence that'));
});

test('a numbered list goes on counting, and nothing is lost', () => {
  const list = h('ol', { start: 3 }, ...many(5, (at) => h('li', {}, `item ${at}`)));
  const [first, second] = splitBlock({ kind: 'prose', line, content: [list] }) as [BlockPart, BlockPart];
  expect(first).toMatchObject({ content: [{ properties: { start: 3 } }] });
  expect(second).toMatchObject({ content: [{ properties: { start: 5 } }] });
  expect(JSON.stringify([first, second]).match(/item \d/g)).toEqual(many(5, (at) => `item ${at}`));
});

test('a heading stays with what it is the heading of', async () => {
  const blocks = many(12, () => [everyKind.heading as Block, tall['a quote']!]).flat();
  const { mjml } = await renderIssue(documentOf(blocks), context());
  expect(mjml).not.toMatch(/<\/h\d>\s*<\/div><\/td>/);
});

test('a picture, a listing and a paragraph are measured', () => {
  expect(estimatedHeight('<p><img height="400" src="x"></p>')).toBeGreaterThan(400);
  expect(estimatedHeight(`<pre>${'x\n'.repeat(50)}</pre>`)).toBeGreaterThan(1_100);
  expect(estimatedHeight(`<pre>${`${'x'.repeat(80)}\n`.repeat(50)}</pre>`)).toBeGreaterThan(2_200);
  expect(estimatedHeight(`<p>${'字'.repeat(320)}</p>`)).toBeGreaterThan(
    estimatedHeight(`<p>${'a'.repeat(320)}</p>`),
  );
});
