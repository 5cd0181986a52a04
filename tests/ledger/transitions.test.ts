import { expect, test } from 'vitest';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { walkUntilSeen } from './life-walk.ts';

const database = useTestDatabase();

const usual = ['planned -> handing', 'planned -> skipped', 'deferred -> handing', 'handing -> planned'];
const ends = ['accepted', 'refused', 'deferred', 'unknown'].map((state) => `handing -> ${state}`);

test('whatever happens in whatever order, the ledger adds up and nobody gets two dots', async () => {
  const wanted = [...usual, ...ends];
  // A walk that never gets anywhere would prove nothing.
  expect([...(await walkUntilSeen(database.db, 40, wanted))]).toEqual(expect.arrayContaining(wanted));
});
