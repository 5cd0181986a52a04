/**
 * The age limit counts from a delivery's first attempt, and not while paused; one never tried does not expire, unless
 * the issue says until when it is of use.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { SERVICE } from '../ledger/service-mail.ts';
import { skipWaitingOf } from '../ledger/skip.ts';

/** Skips what waits and was tried first longer ago than this. */
export async function expireOld(db: Db, expireMs: number): Promise<void> {
  const { rows } = await sql<{ id: number; since: Date | null }>`
    SELECT i.id, s.sending_since AS since FROM issues i JOIN sends s ON s.issue_id = i.id
    WHERE i.state = 'sending' AND s.sending_since < clock_timestamp() - ${expireMs} * interval '1 millisecond'
    UNION ALL SELECT ${SERVICE}::bigint, NULL`.execute(db);
  for (const { id, since } of rows) await expireWithin(db, id, since, expireMs);
}

/**
 * What was tried is due after the send began, and so stands apart, in each lane of the index, from those whom a send
 * of a relay that warms up has in order and has not tried: weeks of them are not read.
 */
async function expireWithin(db: Db, issueId: number, since: Date | null, expireMs: number): Promise<void> {
  await sql`
    UPDATE deliveries SET state = 'skipped', reason = 'expired', due_at = NULL, moved_at = clock_timestamp()
    WHERE issue_id = ${issueId} AND lane = ANY(ARRAY(SELECT DISTINCT lane FROM tallies WHERE issue_id = ${issueId}))
      AND due_at > coalesce(${since}::timestamptz, '-infinity') AND (state = 'deferred' OR (state = 'planned' AND attempts > 0))
      AND first_attempt_at < clock_timestamp() - ${expireMs} * interval '1 millisecond'`.execute(db);
}

/** Skips those of expired issues whom nobody has reached. Returns how many, by issue. Such an issue is served no more. */
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
