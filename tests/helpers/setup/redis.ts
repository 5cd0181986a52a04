/** Before the tests that need Redis: TEST_REDIS_URL as it is given, else an own throw-away server. */
import { startRedisServer } from '../redis-server.ts';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_REDIS_URL) return undefined;
  const server = await startRedisServer();
  process.env.TEST_REDIS_URL = server.url;
  return () => server.remove();
}
