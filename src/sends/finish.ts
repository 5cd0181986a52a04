/**
 * An issue is sent when its plan is closed and nothing of it waits. Unknowns do not hold it open, except where the
 * newsletter's policy is to resend them: they are about to wait again.
 *
 * Whatever gives an issue work holds its row meanwhile. So the row is locked before it is decided: a statement that
 * waits for the lock goes on with the counts of before.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connection.ts';

const hasEnded = (
  issueId: number,
): RawBuilder<unknown> => sql`id = ${issueId} AND state = 'sending' AND plan_done
  AND (SELECT coalesce(sum(planned + handing + deferred), 0) FROM tallies WHERE issue_id = ${issueId}) = 0
  AND NOT (
    EXISTS (SELECT 1 FROM newsletters n WHERE n.id = issues.newsletter_id AND n.on_unknown = 'resend')
    AND (SELECT coalesce(sum(unknown), 0) FROM tallies WHERE issue_id = ${issueId}) > 0)`;

/** True when this call was the one that ended it. */
export async function finishIssue(db: Db, issueId: number): Promise<boolean> {
  const { rows } = await sql`SELECT FROM issues WHERE ${hasEnded(issueId)}`.execute(db);
  if (rows.length === 0) return false;
  return db.transaction().execute(async (trx) => {
    await sql`SELECT FROM issues WHERE id = ${issueId} FOR UPDATE`.execute(trx);
    const { rows } = await sql`
      UPDATE issues SET state = 'sent', sent_at = coalesce(sent_at, clock_timestamp()), served_at = clock_timestamp(), reason = NULL
      WHERE ${hasEnded(issueId)} RETURNING id`.execute(trx);
    return rows.length > 0;
  });
}
