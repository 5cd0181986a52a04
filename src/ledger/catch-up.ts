/**
 * Catch-up: who confirms within the issue's hours after its moment T gets it too. The same ledger key as the plan's,
 * so nobody gets it twice; somebody who left, and came back, keeps the row that there is.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { type LaneTable, laneOf, notSuppressed } from './audience.ts';
import { PLAN_LOCK } from './leave.ts';

const PAGE = 5_000;

/** Late-comers are still looked for this long after the last of them could confirm: workers may have been away. */
const GRACE = sql`interval '1 day'`;

const newcomers = sql`
  issues i
  JOIN subscriptions s ON s.newsletter_id = i.newsletter_id AND s.state = 'confirmed' AND s.confirmed_at > i.plan_moment
    AND s.confirmed_at <= i.plan_moment + i.catch_up_seconds * interval '1 second'
  JOIN subscribers p ON p.id = s.subscriber_id
  WHERE i.state IN ('sending', 'sent') AND i.plan_done AND i.catch_up_seconds IS NOT NULL
    AND i.plan_moment + i.catch_up_seconds * interval '1 second' + ${GRACE} > clock_timestamp() AND ${notSuppressed}
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = i.id AND d.kind = 'issue' AND d.key = p.identity)`;

/** Issues that somebody came late for. */
export async function issuesToCatchUp(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`SELECT DISTINCT i.id FROM ${newcomers}`.execute(db);
  return rows.map((row) => row.id);
}

/**
 * Plans up to 5,000 of those who came late, due at once, and opens a sent issue again, in one statement. Holds the
 * planning lock, so that nobody who leaves meanwhile is overlooked. Returns how many, and their lanes.
 */
export async function catchUpPage(
  db: Db,
  issueId: number,
  table: LaneTable,
): Promise<{ planned: number; lanes: string[] }> {
  return db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${PLAN_LOCK})`.execute(trx);
    await sql`SELECT 1 FROM issues WHERE id = ${issueId} FOR UPDATE`.execute(trx);
    const { rows } = await sql<{ planned: number; lanes: string[] | null }>`
      WITH late AS (
        INSERT INTO deliveries (issue_id, key, newsletter_id, subscriber_id, subscription_id, email, lane, due_at)
        SELECT i.id, p.identity, s.newsletter_id, s.subscriber_id, s.id, p.email, ${laneOf(table)}, clock_timestamp()
        FROM ${newcomers} AND i.id = ${issueId}
        ORDER BY s.id LIMIT ${PAGE}
        ON CONFLICT (issue_id, kind, key) DO NOTHING
        RETURNING lane
      ), opened AS (
        UPDATE issues SET state = 'sending', served_at = clock_timestamp()
        WHERE id = ${issueId} AND state = 'sent' AND EXISTS (SELECT 1 FROM late)
      )
      SELECT count(*)::int AS planned, array_agg(DISTINCT lane) AS lanes FROM late`.execute(trx);
    return { planned: rows[0]!.planned, lanes: rows[0]!.lanes ?? [] };
  });
}
