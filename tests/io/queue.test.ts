import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { openWakeUpQueue } from '../../src/io/queue.ts';
import type { WakeUpQueue } from '../../src/ports.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { promisesOfWakeUps } from './queue-promises.ts';

const database = useTestDatabase();
let wakeUps: WakeUpQueue;
beforeAll(async () => {
  wakeUps = openWakeUpQueue(
    { redisUrl: null, databaseUrl: database.url, lockMs: 5_000, keyPrefix: async () => 'test' },
    openLog('silent'),
  );
});
afterAll(() => wakeUps.close());

promisesOfWakeUps(() => wakeUps);

test('a queue that is away rejects and is not healthy, within seconds', async () => {
  const nowhere = openWakeUpQueue(
    {
      redisUrl: null,
      databaseUrl: 'postgres://postgres@127.0.0.1:1/none',
      lockMs: 5_000,
      keyPrefix: async () => 'test',
    },
    openLog('silent'),
  );
  expect(await nowhere.healthy()).toBe(false);
  await expect(nowhere.wake([{ v: 1, issue: 1, lane: 'x', slot: 0, turn: 'a' }])).rejects.toThrow();
  await nowhere.close();
});
