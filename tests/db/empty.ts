import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type Db, openDb, openPool } from '../../src/db/connection.ts';
import { serverUrl } from '../helpers/database.ts';

/** An empty database of its own, without a schema, gone with the test. */
export async function emptyDatabase(): Promise<{ url: string; db: Db }> {
  const name = `postrider_test_empty_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = new pg.Client({ connectionString: await serverUrl() });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(await serverUrl());
  url.pathname = `/${name}`;
  const pool = openPool(url.toString(), { max: 10, applicationName: 'test', onError: () => {} });
  onTestFinished(async () => {
    await pool.end();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
  return { url: url.toString(), db: openDb(pool) };
}
