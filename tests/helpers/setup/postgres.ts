/** Vitest setup for all tests: PostgreSQL at TEST_DATABASE_URL, else a temporary embedded one. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../../../src/db/embedded/open.ts';
import { fastestFolder } from './fastest-folder.ts';
import { Guardian } from './guardian.ts';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_DATABASE_URL) return undefined;
  const home = await mkdtemp(join(await fastestFolder(), 'postrider-test-postgres-'));
  // PostgreSQL may run as another user than root.
  await chmod(home, 0o711);
  const guardian = new Guardian(home);
  const log = { info() {}, warn: complain, error: complain };
  const embedded = await openEmbedded({ home, log, tell: (sentence) => complain({}, sentence) });
  await disableDurability(embedded.url);
  process.env.TEST_DATABASE_URL = embedded.url;
  return async () => {
    await embedded.close();
    await guardian.clearAway();
  };
}

function complain(fields: object, text: string): void {
  process.stderr.write(`test database: ${text} ${JSON.stringify(fields)}\n`);
}

/** Its own settings are for data that matter; a role's setting goes before them. */
async function disableDurability(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('ALTER ROLE CURRENT_USER SET synchronous_commit = off');
  await client.end();
}
