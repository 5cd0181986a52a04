import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { ensureDeliveryPartition, refreshStatistics } from '../../src/db/partitions.ts';
import { markAndSettle } from '../../src/ledger/mark-and-settle.ts';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import type { TestDatabase } from '../helpers/database.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { makeIssue, settle } from './fixtures.ts';

const database = useTestDatabase();
beforeAll(async () => {
  const newsletter = await insertNewsletter(database.db);
  for (let n = 0; n < 2; n++) await makeIssue(database.db, newsletter);
  await rows(1, 5_000);
  await sql`ANALYZE`.execute(database.db);
});

const rows = (issue: number, count: number, from = 1) =>
  sql`INSERT INTO deliveries (issue_id, key, newsletter_id, email, lane)
    SELECT ${issue}::bigint, 'k' || n, 1, 'k' || n, 'other' FROM generate_series(${from}::int, ${from + count - 1}::int) n`.execute(
    database.db,
  );

/** Rows of the ledger that the act read, by index or otherwise. */
async function read(
  act: (db: TestDatabase['db']) => Promise<unknown>,
  table = 'deliveries_1',
): Promise<number> {
  return database.db.transaction().execute(async (trx) => {
    // What earlier transactions read stands there too, until PostgreSQL passes it on.
    const before = await readSoFar(trx, table);
    await act(trx);
    return (await readSoFar(trx, table)) - before;
  });
}

async function readSoFar(db: TestDatabase['db'], table: string): Promise<number> {
  const { rows: found } = await sql<{ n: number }>`
    SELECT (seq_tup_read + idx_tup_fetch)::int AS n FROM pg_stat_xact_user_tables WHERE relname = ${table}`.execute(
    db,
  );
  return found[0]!.n;
}

test('a group reads its own rows only, also of an issue that the statistics do not know yet', async () => {
  await rows(2, 5_000);
  const workerId = await registerWorker(database.db, 'test', 60_000);
  const { rows: first } = await sql<{ id: number }>`
    SELECT id FROM deliveries WHERE issue_id = 2 ORDER BY id LIMIT 20`.execute(database.db);
  const marks = first.map(({ id }) => ({ id, fence: 0 }));
  expect(await read((db) => markAndSettle(db, 2, workerId, [], marks))).toBeLessThanOrEqual(100);
});

test('settles read their own rows only, while the first issue of a partition is planned', async () => {
  const workerId = await registerWorker(database.db, 'test', 60_000);
  await ensureDeliveryPartition(database.db, 101);
  await sql`INSERT INTO issues (id, newsletter_id, slug, state, title, language, source, source_name)
    OVERRIDING SYSTEM VALUE VALUES (101, 1, 'issue-101', 'sending', 't', 'en', '', '')`.execute(database.db);
  await sql`INSERT INTO sends (issue_id) VALUES (101)`.execute(database.db);
  await rows(101, 2_000);
  await refreshStatistics(database.db, 101);
  await rows(101, 2_000, 2_001);
  const { rows: first } = await sql<{ id: number }>`
    SELECT id FROM deliveries WHERE issue_id = 101 ORDER BY id LIMIT 40`.execute(database.db);
  // PostgreSQL makes its lasting plan with the sixth time, so more are needed to see it.
  for (let at = 0; at < 20; at += 2) {
    const pair = first.slice(at, at + 2);
    const marks = pair.map(({ id }) => ({ id, fence: 0 }));
    const settles = pair.map(({ id }) => settle(id, 1));
    expect(await read((db) => markAndSettle(db, 101, workerId, [], marks), 'deliveries_101')).toBeLessThan(
      20,
    );
    expect(await read((db) => markAndSettle(db, 101, workerId, settles, []), 'deliveries_101')).toBeLessThan(
      20,
    );
  }
});
