/** Settles a delivery for which no mark was requested. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { Settle } from './mark-and-settle.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';
import type { Target } from './moves/transitions.ts';

/**
 * Moves a waiting row after the relay answered before a mark was requested, or for a reason that involves no relay. A
 * settle with neither stage nor count was not an attempt, so none is stored. Throws ForbiddenMove for a state that only
 * a marked row may reach.
 */
export async function settleUnmarked(db: Db, issueId: number, settle: Settle): Promise<void> {
  const { id, fence, state, reason, reply, stage, relay, counted, dueInMs } = settle;
  const moved = moveDeliveries('settleUnmarked', state as Target<'settleUnmarked'>, {
    reason,
    dueAt: sql`clock_timestamp() + ${dueInMs}::float8 * interval '1 millisecond'`,
    set: sql`reply = ${reply}, relay = ${relay}, attempts = d.attempts + ${counted},
      first_attempt_at = CASE WHEN ${counted} = 0 THEN d.first_attempt_at ELSE coalesce(d.first_attempt_at, clock_timestamp()) END`,
    where: sql`d.issue_id = ${issueId} AND d.id = ${id} AND d.fence = ${fence}`,
    returning: sql`d.id, d.fence`,
  });
  await sql`
    WITH moved AS (${moved})
    INSERT INTO attempts (issue_id, delivery_id, fence, outcome, stage, reply, relay)
    SELECT ${issueId}::bigint, id, fence, ${state}, ${stage}, coalesce(${reply}, ${reason}), ${relay}
    FROM moved WHERE ${counted} = 1 OR ${stage}::text IS NOT NULL`.execute(db);
}
