/** Compares the table of rules in docs/editors.md with the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rules, rulesOfReading } from '../../src/checks/rules.ts';
import { root } from '../helpers/processes.ts';

const docs = readFileSync(join(root, 'docs/editors.md'), 'utf8');

test('the table of docs/editors.md says what the code says', () => {
  const rows = rules.map(({ rule, severity, advice }) => `| \`${rule}\` | ${severity} | ${advice} |`);
  const section = docs.split(/^## /m).find((part) => part.startsWith('Every remark')) ?? '';
  expect(section.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});

test('a rule has one name, and one place in the list', () => {
  expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length);
});

/** `messages.warning('link-empty', ...)`, `fault: 'date-impossible'`, `rule: 'gmail-clip'` */
const RULE_NAMES = /messages\??\.(?:error|warning|info)\(\s*'([a-z-]+)'|(?:rule|fault): '([a-z-]+)'/g;

test('everything that reading and rendering say is in the list, and nothing else', () => {
  const files = ['src/issue', 'src/render'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );
  const ruleNames = files.flatMap((text) =>
    [...text.matchAll(RULE_NAMES)].map(([, one, other]) => one ?? other!),
  );
  expect([...new Set(ruleNames)].sort()).toEqual(rulesOfReading.map(({ rule }) => rule).sort());
});
