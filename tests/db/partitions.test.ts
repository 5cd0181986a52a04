import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { ensureDeliveryPartition } from '../../src/db/partitions.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

function delivery(issueId: number, key: string) {
  return { issue_id: issueId, key, newsletter_id: 1, email: `${key}@example.org`, lane: 'other' };
}

async function storedIn(issueId: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`SELECT DISTINCT tableoid::regclass::text AS name
    FROM deliveries WHERE issue_id = ${issueId}`.execute(database.db);
  return rows.map((row) => row.name);
}

describe('the partitions of the ledger', () => {
  it('a partition holds a hundred issues, from 1 + 100k to 100 + 100k', async () => {
    for (const issueId of [1, 100, 101, 200, 201, 1_000_000]) {
      await ensureDeliveryPartition(database.db, issueId);
      await database.db.insertInto('deliveries').values(delivery(issueId, 'ada')).execute();
    }
    expect(await storedIn(100)).toEqual(['deliveries_1']);
    expect(await storedIn(101)).toEqual(['deliveries_101']);
    expect(await storedIn(200)).toEqual(['deliveries_101']);
    expect(await storedIn(201)).toEqual(['deliveries_201']);
    expect(await storedIn(1_000_000)).toEqual(['deliveries_999901']);
  });

  it('ten callers at once end with one partition and no failure', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, i) => ensureDeliveryPartition(database.db, 5_001 + i)));
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM pg_inherits
      WHERE inhparent = 'deliveries'::regclass AND inhrelid = to_regclass('deliveries_5001')`.execute(
      database.db,
    );
    expect(rows[0]?.n).toBe(1);
  });

  it('an address gets an issue once, also in an attached partition', async () => {
    await ensureDeliveryPartition(database.db, 301);
    await database.db.insertInto('deliveries').values(delivery(301, 'ada')).execute();
    const again = await database.db
      .insertInto('deliveries')
      .values(delivery(301, 'ada'))
      .onConflict((oc) => oc.doNothing())
      .executeTakeFirst();
    expect(Number(again.numInsertedOrUpdatedRows)).toBe(0);
  });

  it('attaching waits for no running send, and no running send waits for it', async () => {
    await ensureDeliveryPartition(database.db, 401);
    await database.db.transaction().execute(async (trx) => {
      await trx.insertInto('deliveries').values(delivery(401, 'ada')).execute();
      await trx.updateTable('deliveries').set({ state: 'handing' }).where('issue_id', '=', 401).execute();
      await ensureDeliveryPartition(database.db, 501); // while trx holds its locks on the parent
      await trx.updateTable('deliveries').set({ state: 'accepted' }).where('issue_id', '=', 401).execute();
    });
    expect(await storedIn(401)).toEqual(['deliveries_401']);
  });

  it('the tally still adds up when rows in attached partitions come, move and go', async () => {
    const { db } = database;
    await ensureDeliveryPartition(db, 601);
    await db
      .insertInto('deliveries')
      .values(['ada', 'bo', 'cy'].map((key) => delivery(601, key)))
      .execute();
    await db.updateTable('deliveries').set({ state: 'handing' }).where('issue_id', '=', 601).execute();
    // By the partition's own name, as the hot path does.
    await sql`UPDATE deliveries_601 SET state = 'accepted' WHERE key = 'bo'`.execute(db);
    await db.deleteFrom('deliveries').where('issue_id', '=', 601).where('key', '=', 'cy').execute();
    const { rows } = await sql<{ planned: number; handing: number; accepted: number }>`
      SELECT sum(planned)::int AS planned, sum(handing)::int AS handing, sum(accepted)::int AS accepted
      FROM tallies WHERE issue_id = 601`.execute(db);
    expect(rows[0]).toEqual({ planned: 0, handing: 1, accepted: 1 });
  });

  it('every partition keeps room for updates in place and is vacuumed early', async () => {
    await ensureDeliveryPartition(database.db, 701);
    const { rows } = await sql<{ name: string; options: string[] }>`
      SELECT inhrelid::regclass::text AS name, reloptions AS options FROM pg_inherits
      JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'deliveries'::regclass`.execute(database.db);
    expect(rows.map((row) => row.name)).toContain('deliveries_service');
    for (const { options } of rows)
      expect(options).toEqual(
        expect.arrayContaining(['fillfactor=40', 'autovacuum_vacuum_scale_factor=0.02']),
      );
  });

  it('refuses what is no issue', async () => {
    await expect(ensureDeliveryPartition(database.db, 0)).rejects.toThrow('expected the id of an issue');
    await expect(ensureDeliveryPartition(database.db, 1.5)).rejects.toThrow('got 1.5');
  });
});
