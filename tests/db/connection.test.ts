import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPool } from '../../src/db/connection.ts';
import { until } from '../helpers/until.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

async function value(expression: string): Promise<unknown> {
  const { rows } = await sql<{ value: unknown }>`SELECT ${sql.raw(expression)} AS value`.execute(database.db);
  return rows[0]?.value;
}

function otherPool() {
  const faults: Error[] = [];
  const pool = openPool(database.url, {
    max: 2,
    applicationName: 'to be broken',
    onError: (error) => faults.push(error),
  });
  onTestFinished(() => pool.end());
  return { pool, faults };
}

async function breakConnections(): Promise<void> {
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'to be broken' AND datname = current_database()`.execute(database.db);
}

describe('what comes out of the database', () => {
  it('whole numbers are numbers, also of 8 bytes and in lists', async () => {
    expect(await value('9007199254740991::bigint')).toBe(9_007_199_254_740_991);
    expect(await value('ARRAY[1, 9007199254740991]::bigint[]')).toEqual([1, 9_007_199_254_740_991]);
    expect(await value(`'{}'::bigint[]`)).toEqual([]);
    expect(await value('ARRAY[1, NULL]::bigint[]')).toEqual([1, null]);
    expect(await value('(SELECT count(*) FROM generate_series(1, 3))')).toBe(3);
  });

  it('a date is the day as it is written, in no time zone', async () => {
    expect(await value(`'2026-03-29'::date`)).toBe('2026-03-29');
    expect(await value(`ARRAY['2026-03-29', NULL]::date[]`)).toEqual(['2026-03-29', null]);
  });

  it('a moment is a Date, JSON a value, bytes a Buffer', async () => {
    expect(await value(`'2026-03-29T01:30:00Z'::timestamptz`)).toEqual(new Date('2026-03-29T01:30:00Z'));
    expect(await value(`'{"a": [1]}'::jsonb`)).toEqual({ a: [1] });
    expect(await value(`'\\x00ff'::bytea`)).toEqual(Buffer.from([0, 255]));
  });
});

describe('a pool', () => {
  it('replaces idle connections that broke and tells of each', async () => {
    const { pool, faults } = otherPool();
    await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 2')]);
    await breakConnections();
    await until('the breaks are told', () => faults.length > 0 && pool.idleCount === 0);
    expect((await pool.query('SELECT 3 AS three')).rows).toEqual([{ three: 3 }]);
  });

  it('fails the query whose connection breaks, and no other', async () => {
    const { pool } = otherPool();
    const asleep = pool.query('SELECT pg_sleep(600)');
    asleep.catch(() => {});
    await until('it sleeps', async () => {
      const { rows } = await sql`SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'
        AND state = 'active' AND datname = current_database()`.execute(database.db);
      return rows.length > 0;
    });
    await breakConnections();
    await expect(asleep).rejects.toThrow();
    expect((await pool.query('SELECT 3 AS three')).rows).toEqual([{ three: 3 }]);
  });

  it('takes TLS and other parameters of its URL', async () => {
    const pool = openPool(`${database.url}?sslmode=verify-full`, {
      max: 1,
      applicationName: 'test',
      onError: () => {},
    });
    onTestFinished(() => pool.end());
    await expect(pool.query('SELECT 1')).rejects.toThrow('does not support SSL');
  });

  it('shows in PostgreSQL by its name', async () => {
    const { pool } = otherPool();
    expect((await pool.query('SHOW application_name')).rows).toEqual([{ application_name: 'to be broken' }]);
  });
});
