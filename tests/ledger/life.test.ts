import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { walk } from './life-walk.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const usual = ['planned -> handing', 'planned -> skipped', 'deferred -> handing', 'handing -> planned'];
const ends = ['accepted', 'refused', 'deferred', 'unknown'].map((state) => `handing -> ${state}`);

test('whatever happens in whatever order, the ledger adds up and nobody gets two dots', async () => {
  const seen = await walk(database.db, 40);
  // A walk that never gets anywhere would prove nothing.
  expect([...seen]).toEqual(expect.arrayContaining([...usual, ...ends]));
}, 60_000);
