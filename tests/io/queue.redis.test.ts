import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { openWakeUpQueue } from '../../src/io/queue.ts';
import type { WakeUpQueue } from '../../src/ports.ts';
import { type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { promisesOfWakeUps } from './queue-promises.ts';

let redis: RedisServer;
let wakeUps: WakeUpQueue;
beforeAll(async () => {
  redis = await startRedisServer();
  wakeUps = openWakeUpQueue(
    { redisUrl: redis.url, databaseUrl: 'postgres://unused', lockMs: 5_000, keyPrefix: async () => 'test' },
    openLog('silent'),
  );
});
afterAll(async () => {
  await wakeUps.close();
  await redis.remove();
});

promisesOfWakeUps(() => wakeUps);

test('a queue that is away rejects and is not healthy, within seconds, and leaves nothing that goes on knocking', async () => {
  let knocks = 0;
  const away = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((listening) => away.listen(0, '127.0.0.1', listening));
  const { port } = away.address() as AddressInfo;
  const nowhere = openWakeUpQueue(
    { redisUrl: `redis://127.0.0.1:${port}`, databaseUrl: '', lockMs: 5_000, keyPrefix: async () => 'test' },
    openLog('silent'),
  );
  expect(await nowhere.healthy()).toBe(false);
  const wake = () => nowhere.wake([{ v: 1, issue: 1, lane: 'x', slot: 0, turn: 'a' }]);
  const countKnocks = async () => {
    const before = knocks;
    await expect(wake()).rejects.toThrow();
    return knocks - before;
  };
  const first = await countKnocks();
  await countKnocks();
  await countKnocks();
  // What each of three askers left behind would knock about three times more in the time of the fourth.
  expect(await countKnocks()).toBeLessThanOrEqual(first + 4);
  await nowhere.close();
  await new Promise((done) => away.close(done));
});
