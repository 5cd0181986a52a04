/** Before all tests: TEST_DATABASE_URL as it is given, else an own throw-away PostgreSQL. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_DATABASE_URL) return undefined;
  throw new Error('TEST_DATABASE_URL is not set');
}
