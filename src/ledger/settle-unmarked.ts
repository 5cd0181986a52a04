/** Settles a delivery that no mark was asked for. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { Settle } from './mark-and-settle.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';
import type { Target } from './moves/transitions.ts';

/**
 * What the relay answered before a mark was asked for, or what needs no relay at all: moves a waiting row. A settle
 * with neither stage nor count tried nothing, so it stores no attempt. Throws ForbiddenMove for a state that only a
 * marked row may reach.
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
