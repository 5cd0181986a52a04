/**
 * Once nobody needs an issue's ledger person by person, it is compacted to counts per lane, outcome and reason, so that
 * the issue's sums stay the same. This goes page by page: one statement removes rows from the tallies and adds them to
 * the compacted counts. From the first page on the issue has ended for good (the schema enforces this), because its
 * rows were what kept anybody from getting it twice.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';

const PAGE = 5_000;

/**
 * Only one process compacts at a time: one that finds no rows left must not overlook rows whose removal another may
 * still roll back.
 */
const COMPACT_LOCK = 706_857_434;

/**
 * Ended, with nothing waiting, no late-comers possible, and no correction or segment that still has to ask whom it
 * reached.
 */
const atRest = sql`
  i.state IN ('sent', 'cancelled') AND i.compacted_at IS NULL
  AND (SELECT coalesce(sum(planned + handing + deferred), 0) FROM tallies t WHERE t.issue_id = i.id) = 0
  AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.issue_id = i.id
    AND s.plan_moment + s.catch_up_seconds * interval '1 second' + interval '1 day' >= clock_timestamp())
  AND NOT EXISTS (SELECT 1 FROM sends s JOIN issues c ON c.id = s.issue_id
    WHERE (s.reached_by = i.id OR s.segment -> 'issues' @> to_jsonb(i.id))
      AND c.state IN ('scheduled', 'sending', 'paused') AND NOT s.plan_done)`;

/** Issues whose newsletter's retention period is over, or whose compaction has already begun. */
export async function issuesToCompact(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT i.id FROM issues i JOIN newsletters n ON n.id = i.newsletter_id LEFT JOIN sends o ON o.issue_id = i.id
    WHERE ${atRest} AND (i.compacting_since IS NOT NULL
      OR coalesce(o.sent_at, i.updated_at) < clock_timestamp() - n.keep_ledger_days * interval '1 day')
    ORDER BY i.id`.execute(db);
  return rows.map((row) => row.id);
}

/** False when the issue has not ended, or some of its rows may still move. */
export async function beginCompacting(db: Db, issueId: number): Promise<boolean> {
  const { rows } = await sql`
    UPDATE issues i SET compacting_since = coalesce(compacting_since, clock_timestamp()) WHERE i.id = ${issueId} AND ${atRest}
    RETURNING id`.execute(db);
  return rows.length > 0;
}

/**
 * Compacts up to 5,000 rows of an issue whose compaction has begun. True when none are left; null while another process
 * is compacting.
 */
export async function compactPage(db: Db, issueId: number): Promise<boolean | null> {
  return db.transaction().execute(async (trx) => {
    const { rows: locked } = await sql<{
      ours: boolean;
    }>`SELECT pg_try_advisory_xact_lock(${COMPACT_LOCK}) AS ours`.execute(trx);
    if (!locked[0]!.ours) return null;
    const { rows } = await sql<{ compacted: number }>`
      WITH page AS (
        SELECT id FROM deliveries WHERE issue_id = ${issueId}
          AND EXISTS (SELECT 1 FROM issues WHERE id = ${issueId} AND compacting_since IS NOT NULL)
        ORDER BY id LIMIT ${PAGE}
      ), removed AS (
        DELETE FROM deliveries d USING page WHERE d.issue_id = ${issueId} AND d.id = page.id
        RETURNING d.lane, d.state, coalesce(d.reason, '') AS reason
      ), tries AS (
        DELETE FROM attempts a USING page WHERE a.issue_id = ${issueId} AND a.delivery_id = page.id
      ), kept AS (
        INSERT INTO compacted_counts AS t (issue_id, lane, state, reason, count)
        SELECT ${issueId}::bigint, lane, state, reason, count(*) FROM removed GROUP BY lane, state, reason
        ON CONFLICT (issue_id, lane, state, reason) DO UPDATE SET count = t.count + excluded.count
      )
      SELECT count(*)::int AS compacted FROM removed`.execute(trx);
    if (rows[0]!.compacted > 0) return false;
    await sql`UPDATE issues SET compacted_at = clock_timestamp() WHERE id = ${issueId} AND compacting_since IS NOT NULL AND compacted_at IS NULL`.execute(
      trx,
    );
    await trx.deleteFrom('lane_cursors').where('issue_id', '=', issueId).execute();
    await trx.deleteFrom('tallies').where('issue_id', '=', issueId).execute();
    return true;
  });
}

export interface CompactedCount {
  lane: string;
  outcome: 'accepted' | 'refused' | 'skipped' | 'unknown';
  reason: string | null;
  count: number;
}

/** What is left of the ledger of a compacted issue. */
export async function compactedCounts(db: Db, issueId: number): Promise<CompactedCount[]> {
  const { rows } = await sql<CompactedCount>`
    SELECT lane, state AS outcome, nullif(reason, '') AS reason, count FROM compacted_counts
    WHERE issue_id = ${issueId} ORDER BY lane, state, reason`.execute(db);
  return rows;
}
