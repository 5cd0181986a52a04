/** What docs/editors.md says of front matter and blocks is what reading does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import { root } from '../helpers/processes.ts';
import { everyKind } from '../render/fixtures.ts';

const docs = readFileSync(join(root, 'docs/editors.md'), 'utf8');
const section = (title: string): string =>
  docs.split(/^###? /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
const read = (text: string, head = '') =>
  readIssue(`---\ntitle: T\ndate: 2026-11-23\n${head}---\n\n${text}\n`, { file: 'x.md' });
const cellsOf = (text: string): string[][] =>
  text
    .split('\n')
    .flatMap((line) => (/^\| `/.test(line) ? [line.split('|').map((cell) => cell.trim())] : []));

test('its example is understood as it says', () => {
  const [, example = ''] = /```markdown\n([\s\S]*?)```/.exec(section('Blocks')) ?? [];
  const { blocks, messages } = read(example);
  expect(messages).toEqual([]);
  expect(blocks.map(({ kind }) => kind)).toEqual(['qa', 'reading', 'event', 'callout', 'button']);
});

test('every block that it names can be said outright', () => {
  const names = [...section('Blocks').matchAll(/`:::([a-z]+)/g)].map(([, name]) => name!);
  const inside: Record<string, string> = {
    qa: '**Ada** asks:\n\n> Why?\n\nA: So.',
    contributors: '- [Ada](https://a.dev)',
    releases: '**lamp v2.1.0 is released:**\n\n- brighter',
    tasks: 'lamp\n\nEasy:\n\nPolish the brass',
    banner: '![x](https://a.dev/x.png)\n\n**Words**',
  };
  for (const name of new Set(names.filter((each) => each !== 'name'))) {
    const values = '[Words]{url="https://a.dev/" cover="https://a.dev/x.png" image="https://a.dev/x.png"}';
    const { blocks, messages } = read(
      `:::${name}${inside[name] ? '' : values}\n${inside[name] ?? 'Text.'}\n:::`,
    );
    expect(messages, name).toEqual([]);
    expect(blocks, name).toHaveLength(1);
    expect([name, 'callout'], name).toContain(blocks[0]!.kind);
  }
});

test('every kind of block that is more than Markdown has its line', () => {
  const named = cellsOf(section('Blocks')).flatMap(([, cell]) => cell!.match(/[a-z]+/g) ?? []);
  const plain = ['heading', 'image', 'code', 'table', 'divider', 'footnotes'];
  expect(named.sort()).toEqual(
    Object.keys(everyKind)
      .filter((kind) => !plain.includes(kind))
      .sort(),
  );
});

test('every key of the front matter that it names is read, and none is left for themes', () => {
  const keys = cellsOf(section('Front matter')).flatMap(([, cell]) => cell!.match(/[a-z]+/g) ?? []);
  const named = keys.filter((key) => !['or', 'title', 'date', 'clip', 'commercial'].includes(key));
  expect(named.length).toBeGreaterThan(12);
  for (const key of named) expect(Object.keys(read('Text.', `${key}: x\n`).extra), key).toEqual([]);
});

test('infer switches off what is taken for a block, all or some', () => {
  const text =
    '## Recommended reading\n\n- [A](https://a.dev)\n\n## Questions\n\n**Ada** asks:\n\n> Why?\n\nA: So.';
  const kinds = (head: string) => read(text, head).blocks.map(({ kind }) => kind);
  expect(kinds('')).toEqual(expect.arrayContaining(['reading', 'qa']));
  expect(kinds('infer: false\n')).not.toEqual(expect.arrayContaining(['reading']));
  expect(kinds('infer: false\n')).not.toEqual(expect.arrayContaining(['qa']));
  expect(kinds('infer: [qa]\n')).toContain('qa');
  expect(kinds('infer: [qa]\n')).not.toContain('reading');
});
