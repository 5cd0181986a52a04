import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../helpers/processes.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const quoted = [...read('docs/glossary.md').matchAll(/`([^`\s]+)`/g)].map(([, text = '']) => text);
const paths = quoted.filter((text) => text.includes('/'));
const schema = read('src/db/schema.ts');
const tables = [...schema.matchAll(/^ {2}(\w+): \w+Table;/gm)].map(([, name = '']) => name);

test('every folder of src has its word', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const missing = folders.filter(({ name }) => !paths.some((path) => `${path}/`.startsWith(`src/${name}/`)));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('every table has its word', () => {
  expect(tables.length).toBeGreaterThan(20);
  expect(tables.filter((table) => !quoted.includes(table))).toEqual([]);
});

test('every file and folder that the glossary names is there', () => {
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every type that the glossary names is declared', () => {
  const sources = ['src', 'workers'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(join(folder, name))),
  );
  const types = quoted.filter((text) => /^[A-Z][a-z]\w+$/.test(text));
  const isDeclared = (name: string) =>
    sources.some((source) =>
      new RegExp(`^(?:export )?(?:interface|type|class) ${name}\\b`, 'm').test(source),
    );
  expect(types.length).toBeGreaterThan(5);
  expect(types.filter((name) => !isDeclared(name))).toEqual([]);
});

test('the states of an issue, a subscription and a delivery are those of the database', () => {
  const page = read('docs/glossary.md');
  for (const type of ['IssueState', 'SubscriptionState', 'DeliveryState']) {
    const [, union = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(schema) ?? [];
    const states = [...union.matchAll(/'(\w+)'/g)].map(([, state = '']) => state);
    expect(states.filter((state) => !new RegExp(`\\b${state}\\b`).test(page))).toEqual([]);
  }
});
