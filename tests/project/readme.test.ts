import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../../src/config.ts';
import { root, run } from '../helpers/processes.ts';

const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
const readme = pages[0]?.text ?? '';

const everyMatch = (pattern: RegExp) => pages.flatMap(({ text }) => [...text.matchAll(pattern)]);
const distinct = (values: Iterable<string>) => [...new Set(values)].sort();

test("README's settings table says what the code's own table says", () => {
  const rows = settings.map(({ name, what, default: usual }) => {
    const cells = [`\`${name}\``, what, usual].map((cell) => cell.replaceAll('|', '\\|'));
    return `| ${cells.join(' | ')} |`;
  });
  const section = readme.split(/^## /m).find((part) => part.startsWith('Settings')) ?? '';
  const found = section.split('\n').filter((line) => line.startsWith('| `'));
  expect(found).toEqual(rows);
});

test('README gives the two commands of a newcomer first', () => {
  expect(readme).toMatch(/^npm ci && npm run demo\b.*\nnpm ci && npm test\b/m);
});

test('every npm script that the pages name is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const named = everyMatch(/\bnpm run ([\w:]+)/g).map(([, name = '']) => name);
  expect(distinct(named).filter((name) => !(name in scripts))).toEqual([]);
});

test('every page, file and picture that the pages point to is there', () => {
  const targets = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to = '']) =>
      relative('.', join(dirname(name), to)),
    ),
  );
  expect(distinct(targets).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/** `postrider issue send` -> ['issue', 'send']; options and arguments (not lower-case words) end a command. */
const commands = distinct(
  everyMatch(/\bpostrider ((?:[a-z]+)(?: [a-z]+)?)(?=[\s`"'])/g).map(([, words = '']) => words),
).map((words) => words.split(' '));

test('every command that the pages name is known to the program', async () => {
  expect(commands.length).toBeGreaterThan(10);
  const groups = distinct(commands.map(([group = '']) => group));
  for (const group of groups) {
    const { code, stdout, stderr } = await run([group, '--help']);
    expect(code, `postrider ${group} --help\n${stdout}${stderr}`).toBe(0);
    for (const [, name] of commands.filter(([own, sub]) => own === group && sub))
      if (/^Commands:/m.test(stdout)) expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
  }
});
