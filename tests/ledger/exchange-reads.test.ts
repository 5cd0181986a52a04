import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange } from '../../src/ledger/exchange.ts';
import { registerWorker } from '../../src/ledger/workers.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`INSERT INTO newsletters (slug, name, from_name, from_address) VALUES ('w', 'W', 'W', 'w@example.org')`.execute(
    database.db,
  );
  await sql`INSERT INTO issues (newsletter_id, slug, state, title, language, source, source_name)
    SELECT 1, 'issue-' || n, 'sending', 't', 'en', '', '' FROM generate_series(1, 2) n`.execute(database.db);
  await rows(1, 5_000);
  await sql`ANALYZE`.execute(database.db);
});
afterAll(() => database.drop());

const rows = (issue: number, count: number) =>
  sql`INSERT INTO deliveries (issue_id, key, newsletter_id, email, lane)
    SELECT ${issue}::bigint, 'k' || n, 1, 'k' || n, 'other' FROM generate_series(1, ${count}::int) n`.execute(
    database.db,
  );

/** Rows of the ledger that the act read, by index or otherwise. */
async function read(act: (db: TestDatabase['db']) => Promise<unknown>): Promise<number> {
  return database.db.transaction().execute(async (trx) => {
    await act(trx);
    const { rows: found } = await sql<{ n: number }>`
      SELECT (seq_tup_read + idx_tup_fetch)::int AS n FROM pg_stat_xact_user_tables WHERE relname = 'deliveries_1'`.execute(
      trx,
    );
    return found[0]!.n;
  });
}

test('a group reads its own rows only, also of an issue that the statistics do not know yet', async () => {
  await rows(2, 5_000);
  const workerId = await registerWorker(database.db, 'test', 60_000);
  const { rows: first } = await sql<{ id: number }>`
    SELECT id FROM deliveries WHERE issue_id = 2 ORDER BY id LIMIT 20`.execute(database.db);
  const marks = first.map(({ id }) => ({ id, fence: 0 }));
  expect(await read((db) => exchange(db, 2, workerId, [], marks))).toBeLessThanOrEqual(100);
});
