import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../../src/config/config.ts';
import { root, run } from '../helpers/processes.ts';

const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
const readme = pages[0]?.text ?? '';

const everyMatch = (pattern: RegExp) => pages.flatMap(({ text }) => [...text.matchAll(pattern)]);
const distinct = (values: Iterable<string>) => [...new Set(values)].sort();

test('docs/settings.md has every variable that Postrider reads, as the code describes it', () => {
  const rows = settings.map(({ name, what, default: usual }) => {
    const cells = [`\`${name}\``, what, usual].map((cell) => cell.replaceAll('|', '\\|'));
    return `| ${cells.join(' | ')} |`;
  });
  const page = readFileSync(join(root, 'docs/settings.md'), 'utf8');
  const found = page.split('\n').filter((line) => line.startsWith('| `'));
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

/** A slot in the place of an address is an example. */
test('every page, file and picture that the pages point to is there', () => {
  const targets = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/\]\((?!https?:|#|\{\{)([^)#\s]+)/g)].map(([, to = '']) =>
      relative('.', join(dirname(name), to)),
    ),
  );
  expect(distinct(targets).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/** `postrider issue send` -> ['issue', 'send']; options and arguments (not lower-case words) end a command. */
const commands = distinct(
  everyMatch(/\bpostrider ((?:[a-z]+)(?: [a-z]+)?)(?=[\s`"'])/g).map(([, words = '']) => words),
).map((words) => words.split(' '));

/** What a `--help` lists; null stands for the program itself. */
async function listed(group: string | null): Promise<string[]> {
  const { code, stdout, stderr } = await run([...(group ? [group] : []), '--help']);
  expect(code, stderr).toBe(0);
  const [, list = ''] = stdout.split(/^Commands:\n/m);
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
}

test('every command that the pages name is known to the program', async () => {
  expect(commands.length).toBeGreaterThan(10);
  const known = { program: await listed(null), issue: await listed('issue') };
  const others = { newsletter: await listed('newsletter'), subscriber: await listed('subscriber') };
  const groups: Record<string, string[]> = { ...known, ...others };
  const unknown = commands.filter(([first = '', second]) => {
    const inGroup = second === undefined || groups[first]?.includes(second) !== false;
    return !(known.program.includes(first) && inGroup);
  });
  expect(unknown.map((words) => words.join(' '))).toEqual([]);
});
