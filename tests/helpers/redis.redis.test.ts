import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { startRedis, testRedisUrl } from './redis.ts';

function client(url: string): Redis {
  const redis = new Redis(url);
  redis.on('error', () => {});
  onTestFinished(() => redis.disconnect());
  return redis;
}

test('the run has a Redis for all tests', async () => {
  expect(await client(testRedisUrl()).ping()).toBe('PONG');
});

test('an own Redis with an append-only file has lost nothing after it was killed', async () => {
  const server = await startRedis({ appendOnly: true });
  const redis = client(server.url);
  await redis.set('kept', 'yes');
  await server.kill();
  await server.start();
  expect(await redis.get('kept')).toBe('yes');
});

test('an own Redis without one starts empty after it was killed', async () => {
  const server = await startRedis();
  const redis = client(server.url);
  await redis.set('kept', 'yes');
  await server.kill();
  await server.start();
  expect(await redis.get('kept')).toBeNull();
});
