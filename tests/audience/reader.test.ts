import { expect, test } from 'vitest';
import { findReader } from '../../src/audience/reader.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

test('a subscriber is found by whatever spelling of the address, with what slots may say', async () => {
  const attributes = JSON.stringify({ city: 'Oslo' });
  const about = {
    email: 'Ada@Example.org',
    identity: 'ada@example.org',
    name: 'Ada',
    language: 'en',
    attributes,
  };
  await database.db.insertInto('subscribers').values(about).execute();
  expect(await findReader(database.db, 'ADA@example.ORG')).toEqual({
    email: 'Ada@Example.org',
    name: 'Ada',
    language: 'en',
    attributes: { city: 'Oslo' },
  });
});

test('nobody is found by another address, nor by half of one', async () => {
  expect(await findReader(database.db, 'bob@example.org')).toBeNull();
  expect(await findReader(database.db, 'ada@')).toBeNull();
});
