/** The database of a test file, with its hooks. Apart from `database.ts`, which benches use outside of Vitest. */
import { afterAll, beforeAll } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A database for the tests of this file, made before the first of them and dropped after the last. */
export function useTestDatabase(): Readonly<TestDatabase> {
  let opened: TestDatabase | undefined;
  const database = (): TestDatabase => {
    if (!opened)
      throw new Error('the test database is opened before the tests: use it in hooks and tests only');
    return opened;
  };
  beforeAll(async () => {
    opened = await createTestDatabase();
  });
  afterAll(() => opened?.drop());
  return {
    get url() {
      return database().url;
    },
    get pool() {
      return database().pool;
    },
    get db() {
      return database().db;
    },
    drop: () => database().drop(),
  };
}
