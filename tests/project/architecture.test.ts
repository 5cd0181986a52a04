import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../helpers/processes.ts';

/** A walk that names more than this is a list of files. */
const MAX_FILES_IN_WALK = 8;
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const links = (text: string) =>
  [...text.matchAll(/\]\(([^)#]+\.ts)\)/g)].map(([, to = '']) => normalize(`docs/${to}`));

/** "`planPage` in [plan.ts](...)", "`a` and `b` of [c.ts](...)": each name with its file. */
const named = [...page.matchAll(/((?:`\w+`(?:, | and )?)+) (?:in|of) \[[^\]]*\]\(([^)#]+\.ts)\)/g)].flatMap(
  ([, names = '', to = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ name, file: normalize(`docs/${to}`) })),
);

function declares(file: string, name: string): boolean {
  const source = readFileSync(join(root, file), 'utf8');
  const declaration = `(?:function\\*?|const|class|interface|type|FUNCTION) ${name}\\b`;
  const method = `^ {2}(?:async )?${name}\\(`;
  return new RegExp(`${declaration}|${method}`, 'm').test(source);
}

test('every function and type that the page names is declared in the file that stands with it', () => {
  expect(named.length).toBeGreaterThan(40);
  const missing = named.filter(({ name, file }) => !declares(file, name));
  expect(missing.map(({ name, file }) => `${name} in ${file}`)).toEqual([]);
});

test(`each of the three walks names at most ${MAX_FILES_IN_WALK} files`, () => {
  const walks =
    page
      .split(/^## /m)
      .find((part) => part.startsWith('Three walks'))
      ?.split(/^### /m)
      .slice(1) ?? [];
  expect(walks.length).toBe(3);
  for (const walk of walks) expect(new Set(links(walk)).size).toBeLessThanOrEqual(MAX_FILES_IN_WALK);
});
