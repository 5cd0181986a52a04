/** Vitest setup for tests that need Redis: the server at TEST_REDIS_URL, else a temporary one. */
import { startRedisServer } from '../redis-server.ts';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_REDIS_URL) return undefined;
  const server = await startRedisServer();
  process.env.TEST_REDIS_URL = server.url;
  return () => server.remove();
}
