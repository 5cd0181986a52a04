/** What a real Redis says of itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queueCheck } from '../../../src/doctor/server/queue.ts';
import { readRedisFacts } from '../../../src/io/doctor/redis-facts.ts';
import { situationWith } from '../../doctor/fixtures.ts';
import { type RedisServer, startRedisServer } from '../../helpers/redis-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer();
});
afterAll(() => redis.remove());

test('a Redis without an append-only file is seen as such, and otherwise good', async () => {
  expect(await readRedisFacts(redis.url)).toMatchObject({
    role: 'master',
    evictionPolicy: 'noeviction',
    appendOnly: false,
    persists: true,
    cluster: false,
  });
  const findings = await queueCheck.run(situationWith({ redis: () => readRedisFacts(redis.url) }));
  expect(findings.map(({ level, subject }) => `${level} ${subject}`)).toEqual([
    expect.stringMatching(/^ok (?:Redis|Valkey)$/),
    'warning appendonly',
  ]);
});

test('one that is not there says so at once', async () => {
  await expect(readRedisFacts('redis://127.0.0.1:1')).rejects.toThrow('ECONNREFUSED');
});

test('a refused password is named, and not shown', async () => {
  const url = redis.url.replace('redis://', 'redis://nobody:hunter22@');
  const refused = await readRedisFacts(url).catch((error: Error) => error.message);
  expect(refused).toMatch(/WRONGPASS|invalid username-password/);
  expect(refused).not.toContain('hunter');
});
