/** Deliveries that wait but must not go out any more become `skipped`. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { isIneligible, isPending, whyIneligible } from './eligibility.ts';
import { moveDeliveries } from './move-deliveries.ts';
import { mayGetNotice } from './notices.ts';
import type { DeliveryReason } from './reasons.ts';

/** Rows per statement, so that none locks a million rows. */
const PAGE = 5_000;

/** Skips every waiting delivery of an issue that was cancelled or has expired, in pages. Returns how many. */
export async function skipWaitingOf(db: Db, issueId: number, reason: DeliveryReason): Promise<number> {
  let moved = 0;
  for (let after = 0; ; ) {
    const { rows } = await sql<{ n: number; last: number | null }>`
      WITH page AS (
        SELECT id FROM deliveries WHERE issue_id = ${issueId} AND id > ${after} ORDER BY id LIMIT ${PAGE}
      ), skipped AS (${moveDeliveries('skip', 'skipped', {
        reason,
        dueAt: null,
        from: sql`page`,
        where: sql`d.issue_id = ${issueId} AND d.id = page.id`,
        returning: sql`d.id`,
      })})
      SELECT (SELECT count(*) FROM skipped)::int AS n, (SELECT max(id) FROM page) AS last`.execute(db);
    const page = rows[0]!;
    moved += page.n;
    if (page.last === null) return moved;
    after = page.last;
  }
}

/**
 * Skips deliveries that wait for a retry and whose first attempt was more than `expireMs` ago. Retries are due after
 * the send began (`sendingSince`). In each lane of the index on due_at that separates them from the rows that a warming
 * relay has ordered but not tried, so weeks of those are not read.
 */
export async function skipTriedTooLongAgo(
  db: Db,
  issueId: number,
  sendingSince: Date | null,
  expireMs: number,
): Promise<void> {
  await sql`${moveDeliveries('skip', 'skipped', {
    reason: 'expired',
    dueAt: null,
    where: sql`d.issue_id = ${issueId} AND d.lane = ANY(ARRAY(SELECT DISTINCT lane FROM tallies WHERE issue_id = ${issueId}))
      AND d.due_at > coalesce(${sendingSince}::timestamptz, '-infinity') AND (d.state = 'deferred' OR d.attempts > 0)
      AND d.first_attempt_at < clock_timestamp() - ${expireMs} * interval '1 millisecond'`,
  })}`.execute(db);
}

/**
 * Skips those of the given rows that wait although their person must not get them any more (a retry after an
 * unsubscribe).
 */
export async function skipIneligible(db: Db, issueId: number, ids: readonly number[]): Promise<void> {
  await sql`${moveDeliveries('skip', 'skipped', {
    reason: sql`CASE d.kind WHEN 'confirmation' THEN 'not-pending' ELSE ${sql.raw(whyIneligible)} END`,
    dueAt: null,
    where: sql`d.issue_id = ${issueId} AND d.id = ANY(${ids}::bigint[]) AND CASE d.kind
      WHEN 'confirmation' THEN NOT ${sql.raw(isPending)}
      WHEN 'notice' THEN NOT ${sql.raw(mayGetNotice)}
      ELSE ${sql.raw(isIneligible)} END`,
  })}`.execute(db);
}
