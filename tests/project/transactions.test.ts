/** Kysely has no transaction within a transaction: a function that opens one must not be handed one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const sources = ['src', 'workers'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(folder, name), 'utf8') })),
);

/** A function with `db` first, up to the brace in the first column that ends it. */
const FUNCTIONS = /^(?:export )?async function (\w+)(?:<[^>]*>)?\(\s*db: Db\b.*?^\}/gms;

test('no function that opens a transaction is called within one', () => {
  const opening = sources.flatMap(({ text }) =>
    [...text.matchAll(FUNCTIONS)]
      .filter(([body]) => /\bdb\s*\.transaction\(\)/.test(body) && !body.includes('db.isTransaction'))
      .map(([, name = '']) => name),
  );
  expect(opening.length).toBeGreaterThan(5);
  const call = new RegExp(`\\b(${opening.join('|')})\\(\\s*trx\\b`, 'g');
  const wrong = sources.flatMap(({ file, text }) =>
    [...text.matchAll(call)].map(([, name]) => `${file}: ${name}`),
  );
  expect(wrong).toEqual([]);
});
