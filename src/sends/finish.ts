/**
 * An issue is sent when its plan is closed and none of its deliveries waits. Unknowns do not keep it open, except where
 * the newsletter's policy is to resend them: they are about to wait again.
 *
 * Code that gives an issue work holds the issue's row lock, so the condition is checked again under that lock.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { eachDue, moveIssue } from '../issue/state.ts';

const hasEnded = sql`i.state = 'sending' AND s.plan_done
  AND (SELECT coalesce(sum(planned + handing + deferred), 0) FROM tallies WHERE issue_id = i.id) = 0
  AND NOT (
    EXISTS (SELECT 1 FROM newsletters n WHERE n.id = i.newsletter_id AND n.on_unknown = 'resend')
    AND (SELECT coalesce(sum(unknown), 0) FROM tallies WHERE issue_id = i.id) > 0)`;

/** True when this call was the one that ended it. */
export async function finishIssue(db: Db, issueId: number): Promise<boolean> {
  const ended = await eachDue(db, sql`i.id = ${issueId} AND ${hasEnded}`, async (trx) => {
    await moveIssue(trx, issueId, 'finish');
    await sql`
      UPDATE sends SET sent_at = coalesce(sent_at, clock_timestamp()), served_at = clock_timestamp()
      WHERE issue_id = ${issueId}`.execute(trx);
  });
  return ended.length > 0;
}
