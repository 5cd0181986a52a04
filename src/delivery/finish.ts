/**
 * An issue is sent when its plan is closed and nothing of it waits. Unknowns do not hold it open, except where the
 * newsletter's policy is to resend them: they are about to wait again.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';

/** True when this call was the one that ended it. */
export async function finishIssue(db: Db, issueId: number): Promise<boolean> {
  const { rows } = await sql`
    UPDATE issues SET state = 'sent', sent_at = coalesce(sent_at, clock_timestamp()), reason = NULL
    WHERE id = ${issueId} AND state = 'sending' AND plan_done
      AND (SELECT coalesce(sum(planned + handing + deferred), 0) FROM tallies WHERE issue_id = ${issueId}) = 0
      AND NOT (
        EXISTS (SELECT 1 FROM newsletters n WHERE n.id = issues.newsletter_id AND n.on_unknown = 'resend')
        AND (SELECT coalesce(sum(unknown), 0) FROM tallies WHERE issue_id = ${issueId}) > 0)
    RETURNING id`.execute(db);
  return rows.length > 0;
}
