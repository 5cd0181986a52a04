/**
 * The ledger's partitions: one table for every hundred issues, created when the first issue of a hundred is about to be
 * planned. Old issues are then in tables that nothing vacuums or rewrites any more, and the indexes that a running send
 * works on stay small.
 *
 * A new table is created separately and then attached. That takes a lock that does not conflict with running sends,
 * whereas `CREATE TABLE ... PARTITION OF` would wait for all of them and block everything after it.
 */
import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** Issues per partition. Part of the schema: a change would overlap the partitions that exist. */
const ISSUES_PER_PARTITION = 100;

/** Any fixed number: one process at a time attaches a partition, and the others find it done. */
const PARTITION_LOCK = 706_857_432;

/** The answer to a mark may take 2 s; this must be far below that. */
const DROP_LOCK_MS = 200;

/** PostgreSQL's lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Storage parameters of a partition. Rows are updated in place twice or more (mark, settle), so pages keep room for that.
 * An issue grows from nothing to a million rows within minutes, so statistics and vacuum must follow closely.
 */
const STORAGE = `fillfactor = 40,
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_insert_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000,
  autovacuum_vacuum_cost_limit = 1000`;

/**
 * Makes sure that the ledger has a partition for the deliveries of this issue. Cheap if it already has one: a single
 * lookup. Opens its own transaction, so that the lock on the parent is released within milliseconds: do not call it
 * inside one.
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
 * Drops the partition of this issue when it is empty and will stay so: its hundred issues exist, and none of them is
 * being sent. That locks the whole ledger for a moment, so it waits for the lock no longer than a send can bear, and
 * otherwise leaves the partition for another time. If a dropped partition is needed again, it is created again.
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
 * Refreshes PostgreSQL's statistics of the partition of this issue. Autovacuum does so at most once a minute, and until
 * then the planner assumes that a new issue has one row and reads all of them for each join or search. This covers
 * exactly the columns that rows are looked up by: without `id` the planner did not use the primary key and read the
 * whole table for each group of settles; without `feedback` the auto-pause read much of it after each batch. Including
 * all other columns would double the time.
 */
export async function refreshStatistics(db: Db, issueId: number): Promise<void> {
  await sql
    .raw(`ANALYZE ${partitionOf(issueId)} (issue_id, id, kind, key, lane, state, due_at, feedback)`)
    .execute(db);
}

/** The table with an issue's deliveries; 0: those of service mails. */
export const partitionOf = (issueId: number): string =>
  issueId === 0 ? 'deliveries_service' : `deliveries_${firstIssue(issueId)}`;

/** 1 for the issues 1 to 100, 101 for 101 to 200, ... */
function firstIssue(issueId: number): number {
  if (!Number.isSafeInteger(issueId) || issueId < 1)
    throw new RangeError(`expected the id of an issue, a whole number from 1 up, got ${issueId}`);
  return issueId - ((issueId - 1) % ISSUES_PER_PARTITION);
}

/** Reads the catalog itself, since `to_regclass` may answer from the session's cache. */
async function isAttached(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'deliveries'::regclass AND relname = ${name}`.execute(db);
  return rows.length > 0;
}
