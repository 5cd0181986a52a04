/**
 * The age limit counts from a delivery's first attempt and is suspended while the send is paused. A delivery that was
 * never tried does not expire, unless the issue itself has an expiry.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { skipTriedTooLongAgo, skipWaitingOf } from '../ledger/moves/skip.ts';
import { SERVICE } from '../ledger/service-mail.ts';

/** Skips waiting deliveries whose first attempt was longer ago than this. */
export async function expireOld(db: Db, expireMs: number): Promise<void> {
  const { rows } = await sql<{ id: number; since: Date | null }>`
    SELECT i.id, s.sending_since AS since FROM issues i JOIN sends s ON s.issue_id = i.id
    WHERE i.state = 'sending' AND s.sending_since < clock_timestamp() - ${expireMs} * interval '1 millisecond'
    UNION ALL SELECT ${SERVICE}::bigint, NULL`.execute(db);
  for (const { id, since } of rows) await skipTriedTooLongAgo(db, id, since, expireMs);
}

/**
 * Skips everybody whom an expired issue has not reached. Returns how many, by issue. Workers do not touch such an
 * issue.
 */
export async function expireIssues(db: Db): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: number }>`
    SELECT i.id FROM issues i JOIN sends s ON s.issue_id = i.id
    WHERE i.state = 'sending' AND s.expires_at <= clock_timestamp()
      AND (SELECT coalesce(sum(planned + deferred), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`.execute(
    db,
  );
  const skipped = new Map<number, number>();
  for (const { id } of rows) skipped.set(id, await skipWaitingOf(db, id, 'expired'));
  return skipped;
}
