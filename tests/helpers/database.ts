/** A real database per test file, cloned from a migrated template on the server at TEST_DATABASE_URL. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Db, openDb, openPool } from '../../src/db/connection.ts';
import { migrate, migrations } from '../../src/db/migrate.ts';

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
  db: Db;
  drop(): Promise<void>;
}

export async function serverUrl(): Promise<string> {
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error(
      'TEST_DATABASE_URL is not set: run the tests through vitest.config.ts, which starts a server',
    );
  return url;
}

function withDatabase(url: string, name: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${name}`;
  return parsed.toString();
}

async function admin<T>(act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

/** The template's name carries the schema version and its text, so a changed migration makes a new one. */
async function template(client: pg.Client): Promise<string> {
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256')
    .update(migrations.map((m) => m.sql).join())
    .digest('hex')
    .slice(0, 12);
  const name = `postrider_template_${digest}`;
  await client.query('SELECT pg_advisory_lock(4711)');
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) {
      const fresh = `${name}_${randomBytes(4).toString('hex')}`;
      await client.query(`CREATE DATABASE ${fresh}`);
      const pool = openPool(withDatabase(await serverUrl(), fresh), {
        max: 1,
        applicationName: 'template',
        onError: () => {},
      });
      await migrate(openDb(pool));
      await pool.end();
      await client.query(`ALTER DATABASE ${fresh} RENAME TO ${name}`);
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock(4711)');
  }
  return name;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `postrider_test_${randomBytes(6).toString('hex')}`;
  await admin(async (client) => {
    const source = await template(client);
    await client.query('SELECT pg_advisory_lock(4712)');
    try {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${source}`);
    } finally {
      await client.query('SELECT pg_advisory_unlock(4712)');
    }
  });
  const url = withDatabase(await serverUrl(), name);
  const pool = openPool(url, { max: 10, applicationName: 'test', onError: () => {} });
  return {
    url,
    pool,
    db: openDb(pool),
    async drop() {
      await pool.end();
      await admin((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}
