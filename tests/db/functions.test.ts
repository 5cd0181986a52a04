import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { functions } from '../../src/db/functions/functions.ts';
import { migrations } from '../../src/db/migrate.ts';

/** Of the text of all functions, by the newest migration: a change without a migration never reaches older databases. */
const DIGESTS: Record<number, string> = { 1: '5f793460c4ca9780', 2: '4a5885266fe6b1c3' };

it('whoever changes a function adds a migration that runs it again', () => {
  const digest = createHash('sha256').update(functions.join('\n')).digest('hex').slice(0, 16);
  expect(DIGESTS[migrations.length]).toBe(digest);
});
