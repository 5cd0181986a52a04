import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readIssue } from '../../../src/issue/read.ts';

const FOLDER = join(import.meta.dirname, '../../../emails/samples');
const read = (name: string) => {
  const file = join(FOLDER, name);
  const source = readFileSync(file, 'utf8');
  return { source, document: readIssue(source, { file }) };
};
const kinds = (name: string) => read(name).document.blocks.map((block) => block.kind);

test.each(['weekly-zh.md', 'weekly-en.md'])('%s is understood as what it was written to be', (name) => {
  const { document } = read(name);
  expect(document.messages).toEqual([]);
  expect(document.date).toBe('2026-03-06');
  expect(document.language).toBe(name.slice(7, 9));
  expect(kinds(name).filter((kind) => kind !== 'heading' && kind !== 'prose')).toEqual([
    'banner',
    'contributors',
    'qa',
    'releases',
    'quote',
    'reading',
    'qr',
  ]);
  const { questions, readings } = document.outline;
  expect(questions.map((question) => question.answers)).toEqual([2, 2, 2]);
  expect(questions.every((question) => question.source?.startsWith('https://git.ferrykit.example/'))).toBe(
    true,
  );
  expect(readings).toHaveLength(4);
  expect(readings.every((reading) => reading.cover?.startsWith('images/cover-'))).toBe(true);
});

test('plain-en.md is text and nothing else', () => {
  expect(read('plain-en.md').document.messages).toEqual([]);
  expect(new Set(kinds('plain-en.md'))).toEqual(new Set(['prose']));
});

test('every picture that a sample names is there, and is small enough for a mail', () => {
  const named = ['weekly-zh.md', 'weekly-en.md'].flatMap((name) =>
    [...read(name).source.matchAll(/images\/[\w-]+\.png/g)].map(([path]) => path),
  );
  expect(named.filter((path) => !existsSync(join(FOLDER, path)))).toEqual([]);
  const pictures = readdirSync(join(FOLDER, 'images')).filter((name) => name.endsWith('.png'));
  expect(new Set(named)).toEqual(new Set(pictures.map((name) => `images/${name}`)));
  for (const name of pictures)
    expect(statSync(join(FOLDER, 'images', name)).size, name).toBeLessThan(120_000);
});
