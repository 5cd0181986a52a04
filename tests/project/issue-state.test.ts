import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const OWNER = join('src', 'issue', 'state.ts');

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

/** What a statement sets, up to its condition, or what a builder is given. */
const SETS = [
  /UPDATE issues(?: \w+)? SET([^`]*?)(?:\bWHERE\b|\bFROM\b|`)/g,
  /updateTable\('issues'\)\s*\.set\(([^)]*)/g,
];

const setsState = (text: string): boolean =>
  SETS.some((pattern) => [...text.matchAll(pattern)].some(([, set = '']) => /\bstate\b\s*[=:,]/.test(set)));

test('nothing but issue/state.ts changes the state of an issue', () => {
  expect(sources.filter(({ text }) => setsState(text)).map(({ file }) => file)).toEqual([OWNER]);
});

test('nothing decides by what a reason says to people', () => {
  const reads = /reason(?:_detail)?\s*(?:LIKE|~|\.startsWith|\.includes)/;
  expect(sources.filter(({ text }) => reads.test(text)).map(({ file }) => file)).toEqual([]);
});
