/**
 * How many readers a segment has, while somebody waits for the answer: exact if the database can count in time, otherwise
 * an estimate from a sample of the table's blocks.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { notSuppressed } from '../../ledger/audience.ts';
import { inSegment } from '../../segment/condition.ts';
import type { Segment } from '../../segment/filter.ts';

export interface SegmentCount {
  readers: number;
  exact: boolean;
  /** With an estimate: the true number is within this distance, 19 times out of 20. */
  margin: number;
}

/** Time for the exact count, in ms; the sample takes less than as much again. */
const EXACT_MS = 80;
const SAMPLE_BLOCKS = 100;
const QUERY_CANCELED = '57014';

/** Confirmed readers who would get an issue now. `segment` null: all of them. `exactMs` 0: for as long as it takes. */
export async function countReaders(
  db: Db,
  newsletterId: number,
  segment: Segment | null,
  exactMs = EXACT_MS,
): Promise<SegmentCount> {
  const readers = await countInTime(db, newsletterId, segment, exactMs);
  return readers === null ? estimateReaders(db, newsletterId, segment) : { readers, exact: true, margin: 0 };
}

const readersOf = (newsletterId: number, segment: Segment | null) => sql`
  s.newsletter_id = ${newsletterId} AND s.state = 'confirmed' AND ${notSuppressed} AND ${inSegment(segment)}`;

/** Null: it took too long. */
async function countInTime(
  db: Db,
  newsletterId: number,
  segment: Segment | null,
  limitMs: number,
): Promise<number | null> {
  try {
    return await db.transaction().execute(async (trx: Trx) => {
      await sql`SELECT set_config('statement_timeout', ${String(limitMs)}, true)`.execute(trx);
      const { rows } = await sql<{ readers: number }>`
        SELECT count(*)::int AS readers FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
        WHERE ${readersOf(newsletterId, segment)}`.execute(trx);
      return rows[0]!.readers;
    });
  } catch (error) {
    if (limitMs > 0 && (error as { code?: string }).code === QUERY_CANCELED) return null;
    throw error;
  }
}

/**
 * Counts in random blocks of the table, each of which has the same chance, and extrapolates. The margin follows from how
 * much the blocks differ, since an import writes similar people side by side.
 */
export async function estimateReaders(
  db: Db,
  newsletterId: number,
  segment: Segment | null,
): Promise<SegmentCount> {
  return db.transaction().execute(async (trx) => {
    // The planner takes the sample for the whole table, and would read all subscribers beside it.
    await sql`SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
      set_config('jit', 'off', true)`.execute(trx);
    const blocks = await countBlocks(trx);
    const { rows } = await sql<{ readers: number; margin: number }>`
      WITH sample AS MATERIALIZED (
        SELECT (s.ctid::text::point)[0] AS block, s.* FROM subscriptions s
        TABLESAMPLE SYSTEM (${Math.min(100, (100 * SAMPLE_BLOCKS) / blocks)})
      ), found AS (
        SELECT block, count(*) FILTER (WHERE ${readersOf(newsletterId, segment)}) AS readers
        FROM sample s JOIN subscribers p ON p.id = s.subscriber_id GROUP BY 1
      )
      SELECT coalesce(round(${blocks}::int * avg(readers)), 0)::int AS readers,
        coalesce(ceil(1.96 * ${blocks}::int * stddev_samp(readers) / sqrt(count(*))), 0)::int AS margin
      FROM found`.execute(trx);
    return { ...rows[0]!, exact: false };
  });
}

async function countBlocks(trx: Trx): Promise<number> {
  const { rows } = await sql<{ blocks: number }>`SELECT greatest(1, pg_relation_size('subscriptions')
    / current_setting('block_size')::int)::int AS blocks`.execute(trx);
  return rows[0]!.blocks;
}
