/** Redis for tests: the shared server of the run, or an own server for tests that kill or flush it. */
import { onTestFinished } from 'vitest';
import { type RedisOptions, type RedisServer, startRedisServer } from './redis-server.ts';

/** The server that all tests share: use a key prefix of your own, and never flush it. */
export function testRedisUrl(): string {
  const url = process.env.TEST_REDIS_URL;
  if (!url)
    throw new Error(
      'TEST_REDIS_URL is not set: name the file *.redis.test.ts, so that vitest.config.ts starts a server for it',
    );
  return url;
}

/** An own server, to be called within a test: removed when the test is over. `appendOnly` survives `kill`. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const server = await startRedisServer(options);
  onTestFinished(() => server.remove());
  return server;
}
