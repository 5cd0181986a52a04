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
const EXACT_MS = 100;
const SAMPLE_BLOCKS = 120;
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
  const { rows } = await sql<{ readers: number; margin: number }>`
    WITH size AS (SELECT greatest(1, pg_relation_size('subscriptions') / current_setting('block_size')::int) AS blocks),
    sample AS (
      SELECT s.ctid AS place, s.* FROM subscriptions s
      TABLESAMPLE SYSTEM ((SELECT least(100, 100.0 * ${SAMPLE_BLOCKS} / blocks) FROM size))
    ),
    found AS (
      SELECT (s.place::text::point)[0] AS block, count(p.id) AS readers
      FROM sample s LEFT JOIN subscribers p ON p.id = s.subscriber_id AND ${readersOf(newsletterId, segment)}
      GROUP BY 1
    )
    SELECT coalesce(round(blocks * avg(readers)), 0)::int AS readers,
      coalesce(ceil(1.96 * blocks * stddev_samp(readers) / sqrt(count(*))), 0)::int AS margin
    FROM size, found GROUP BY blocks`.execute(db);
  const [{ readers, margin } = { readers: 0, margin: 0 }] = rows;
  return { readers, exact: false, margin };
}
