import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { openBells } from '../../src/io/queue.ts';
import type { Bells } from '../../src/ports.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { promisesOfBells } from './bells.ts';

let database: TestDatabase;
let bells: Bells;
beforeAll(async () => {
  database = await createTestDatabase();
  bells = openBells(
    { redisUrl: null, databaseUrl: database.url, lockMs: 5_000, keyPrefix: async () => 'test' },
    openLog('silent'),
  );
});
afterAll(async () => {
  await bells.close();
  await database.drop();
});

promisesOfBells(() => bells);

test('a queue that is away rejects and is not healthy, within seconds', async () => {
  const nowhere = openBells(
    {
      redisUrl: null,
      databaseUrl: 'postgres://postgres@127.0.0.1:1/none',
      lockMs: 5_000,
      keyPrefix: async () => 'test',
    },
    openLog('silent'),
  );
  expect(await nowhere.healthy()).toBe(false);
  await expect(nowhere.ring([{ v: 1, issue: 1, lane: 'x', slot: 0, turn: 'a' }])).rejects.toThrow();
  await nowhere.close();
});
