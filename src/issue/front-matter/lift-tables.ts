/**
 * Moves entries of some tables to the top level, where other generators have them: Zola's `extra` and `taxonomies`,
 * Hugo's `params`. The top level wins. A `draft = true` written below a `[table]` by mistake counts too.
 */
import { TomlDate } from 'smol-toml';
import { type Field, type Fields, normalKey, plainText } from './fields.ts';
import type { SplitSource } from './split-source.ts';

const TABLES = ['extra', 'params', 'taxonomies'];

export function liftTables(fields: Fields, split: SplitSource): Fields {
  const inner = TABLES.flatMap((name) => entriesOf(fields.get(name), split));
  return new Map([...inner.map((field): [string, Field] => [normalKey(field.key), field]), ...fields]);
}

function entriesOf(table: Field | undefined, split: SplitSource): Field[] {
  const { value } = table ?? {};
  if (!table || typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([key, each]) => {
    const plain = each instanceof TomlDate ? each.toISOString() : each;
    return { key, value: plain, text: plainText(plain), line: lineOf(key, table, split) };
  });
}

/** The first line below the table's header that begins with the key. */
function lineOf(key: string, table: Field, { raw, line }: SplitSource): number {
  const lines = raw.split('\n').slice(table.line - line);
  const at = lines.findIndex((text) => text.trimStart().replace(/^["']/, '').startsWith(key));
  return table.line + Math.max(at, 0);
}
