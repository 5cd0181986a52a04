import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { openBells } from '../../src/io/queue.ts';
import type { Bells } from '../../src/ports.ts';
import { type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { promisesOfBells } from './bells.ts';

let redis: RedisServer;
let bells: Bells;
beforeAll(async () => {
  redis = await startRedisServer();
  bells = openBells(
    { redisUrl: redis.url, databaseUrl: 'postgres://unused', lockMs: 5_000, keyPrefix: async () => 'test' },
    openLog('silent'),
  );
});
afterAll(async () => {
  await bells.close();
  await redis.remove();
});

promisesOfBells(() => bells);

test('a queue that is away rejects and is not healthy, within seconds, and leaves nothing that goes on knocking', async () => {
  let knocks = 0;
  const away = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((listening) => away.listen(0, '127.0.0.1', listening));
  const { port } = away.address() as AddressInfo;
  const nowhere = openBells(
    { redisUrl: `redis://127.0.0.1:${port}`, databaseUrl: '', lockMs: 5_000, keyPrefix: async () => 'test' },
    openLog('silent'),
  );
  expect(await nowhere.healthy()).toBe(false);
  const ring = () => nowhere.ring([{ v: 1, issue: 1, lane: 'x', slot: 0, turn: 'a' }]);
  const before = knocks;
  await expect(ring()).rejects.toThrow();
  const first = knocks - before;
  await expect(ring()).rejects.toThrow();
  // What the first asker left would knock three times more in these seconds.
  expect(knocks - before - first).toBeLessThanOrEqual(first + 1);
  await nowhere.close();
  await new Promise((done) => away.close(done));
});
