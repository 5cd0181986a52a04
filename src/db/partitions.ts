/**
 * The ledger's partitions: one table for every hundred issues, made when the first issue of a hundred is about
 * to be planned. Old issues then rest in tables that nothing vacuums or rewrites any more, and the indexes that
 * a running send works on stay small.
 *
 * A new table is made on the side and attached: that takes only a lock that goes along with running sends,
 * where `CREATE TABLE ... PARTITION OF` would wait for all of them and hold up all that come after.
 */
import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** Issues per partition. Part of the schema: a change would overlap the partitions that exist. */
const ISSUES_PER_PARTITION = 100;

/** Any fixed number: one process at a time attaches, the others find it done. */
const PARTITION_LOCK = 706_857_432;

/** A mark's answer may be late by 2 s; this must be far below. */
const DROP_LOCK_MS = 200;

/** PostgreSQL's lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * How a partition is stored. Rows are updated in place twice or more (mark, settle), so pages keep room for it;
 * an issue goes from nothing to a million rows in minutes, so statistics and vacuum follow closely.
 */
const STORAGE = `fillfactor = 40,
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_insert_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000,
  autovacuum_vacuum_cost_limit = 1000`;

/**
 * Makes sure that the ledger can take the deliveries of this issue. Cheap when it can already: one look-up.
 * Opens its own transaction, so that the lock on the parent is over in milliseconds: do not call it inside one.
 */
export async function ensureDeliveryPartition(db: Db, issueId: number): Promise<void> {
  const from = firstIssue(issueId);
  const name = partitionOf(issueId);
  if (await isAttached(db, name)) return;
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${PARTITION_LOCK})`.execute(trx);
    if (await isAttached(trx, name)) return;
    await sql.raw(`CREATE TABLE ${name} (LIKE deliveries INCLUDING ALL) WITH (${STORAGE})`).execute(trx);
    await sql`SELECT add_tally_triggers(${name}::regclass)`.execute(trx);
    await sql
      .raw(
        `ALTER TABLE deliveries ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${from + ISSUES_PER_PARTITION})`,
      )
      .execute(trx);
  });
}

/**
 * Drops the partition of this issue when nothing is in it any more and nothing will be: its hundred issues are
 * made, and none of them is being sent. That takes the whole ledger for a moment, so it waits for it no longer than
 * a send can bear, and is left for another time when it does not get it. One that is needed again is made again.
 */
export async function dropEmptyPartition(db: Db, issueId: number): Promise<boolean> {
  const from = firstIssue(issueId);
  const name = partitionOf(issueId);
  if (!(await isAttached(db, name)) || !(await isDone(db, from))) return false;
  try {
    return await db.transaction().execute(async (trx) => {
      await sql`SELECT set_config('lock_timeout', ${`${DROP_LOCK_MS}ms`}, true)`.execute(trx);
      await sql`SELECT pg_advisory_xact_lock(${PARTITION_LOCK})`.execute(trx);
      await sql`LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE`.execute(trx);
      if (!(await isAttached(trx, name)) || !(await isDone(trx, from))) return false;
      await sql.raw(`ALTER TABLE deliveries DETACH PARTITION ${name}`).execute(trx);
      await sql.raw(`DROP TABLE ${name}`).execute(trx);
      return true;
    });
  } catch (error) {
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

async function isDone(db: Db, from: number): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    SELECT EXISTS (SELECT 1 FROM issues WHERE id >= ${from + ISSUES_PER_PARTITION})
      AND NOT EXISTS (SELECT 1 FROM issues WHERE id >= ${from} AND id < ${from + ISSUES_PER_PARTITION}
        AND state IN ('scheduled', 'sending', 'paused'))
      AND NOT EXISTS (SELECT 1 FROM deliveries WHERE issue_id >= ${from} AND issue_id < ${from + ISSUES_PER_PARTITION})
      AS done`.execute(db);
  return rows[0]!.done;
}

/**
 * Has PostgreSQL count the partition of this issue anew. Its own statistics come once a minute at the most: until
 * then it takes a new issue for one row, and reads all of its rows wherever they are joined or searched. Only the
 * columns that rows are looked up by, each of them: without `id` it did not trust the primary key either, and read the
 * whole table for each group of settles; without `feedback` the auto-pause read much of it after each batch. The others
 * would double the time.
 */
export async function refreshStatistics(db: Db, issueId: number): Promise<void> {
  await sql
    .raw(`ANALYZE ${partitionOf(issueId)} (issue_id, id, kind, key, lane, state, due_at, feedback)`)
    .execute(db);
}

/** The table that holds an issue's deliveries; 0: those of the service mails. */
export const partitionOf = (issueId: number): string =>
  issueId === 0 ? 'deliveries_service' : `deliveries_${firstIssue(issueId)}`;

/** 1 for the issues 1 to 100, 101 for 101 to 200, ... */
function firstIssue(issueId: number): number {
  if (!Number.isSafeInteger(issueId) || issueId < 1)
    throw new RangeError(`expected the id of an issue, a whole number from 1 up, got ${issueId}`);
  return issueId - ((issueId - 1) % ISSUES_PER_PARTITION);
}

/** Reads the catalog's rows, since `to_regclass` alone may answer from what this session remembers. */
async function isAttached(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'deliveries'::regclass AND relname = ${name}`.execute(db);
  return rows.length > 0;
}
