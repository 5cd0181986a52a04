/**
 * A second try, after a fix, of those whom the relay refused: the same rows, hence the same Message-ID. A bad address
 * is no fault that could be fixed, and whoever left in the meantime stays where they are.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { notSuppressed } from './audience.ts';
import { PLAN_LOCK } from './leave.ts';

const PAGE = 5_000;

/** Classes of a refusal (delivery/reply-rules.ts, and `unsendable`: our own) that a fix can help. */
export const mendable = ['policy', 'content', 'mailbox-full', 'refused', 'unsendable'] as const;
export type Mendable = (typeof mendable)[number];

export interface Retried {
  moved: number;
  lanes: string[];
}

/** Moves refused deliveries of these classes to planned, due at once, and opens a sent issue again. */
export async function retryRefused(
  db: Db,
  issueId: number,
  reasons: readonly Mendable[] = mendable,
): Promise<Retried> {
  const lanes = new Set<string>();
  let moved = 0;
  for (let after = 0; ; ) {
    const page = await db.transaction().execute((trx) => retryPage(trx, issueId, reasons, after));
    moved += page.moved;
    for (const lane of page.lanes ?? []) lanes.add(lane);
    if (page.last === null) return { moved, lanes: [...lanes] };
    after = page.last;
  }
}

/** The age limit counts from the first attempt after the fix. Attempts made stay on the row and in their table. */
async function retryPage(
  trx: Trx,
  issueId: number,
  reasons: readonly Mendable[],
  after: number,
): Promise<{ last: number | null; moved: number; lanes: string[] | null }> {
  await sql`SELECT pg_advisory_xact_lock(${PLAN_LOCK})`.execute(trx);
  const { rows } = await sql<{ last: number | null; moved: number; lanes: string[] | null }>`
    WITH page AS (
      SELECT d.id FROM deliveries d
      WHERE d.issue_id = ${issueId} AND d.id > ${after} AND d.state = 'refused' AND d.reason = ANY(${reasons}::text[])
      ORDER BY d.id LIMIT ${PAGE}
    ), moved AS (
      UPDATE deliveries d SET state = 'planned', reason = 'second-try', due_at = clock_timestamp(),
        first_attempt_at = NULL, moved_at = clock_timestamp()
      FROM page, subscriptions s
      WHERE d.issue_id = ${issueId} AND d.id = page.id AND d.state = 'refused' AND s.id = d.subscription_id
        AND s.state = 'confirmed' AND ${notSuppressed}
        AND EXISTS (SELECT 1 FROM issues WHERE id = ${issueId} AND state IN ('sent', 'sending', 'paused') AND thinning_since IS NULL)
      RETURNING d.lane
    ), opened AS (
      UPDATE issues SET state = 'sending', served_at = clock_timestamp()
      WHERE id = ${issueId} AND state = 'sent' AND EXISTS (SELECT 1 FROM moved)
    )
    SELECT (SELECT max(id) FROM page) AS last, (SELECT count(*) FROM moved)::int AS moved,
      (SELECT array_agg(DISTINCT lane) FROM moved) AS lanes`.execute(trx);
  return rows[0]!;
}
