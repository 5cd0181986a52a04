/** Settling unknowns: by the editor's word or by the newsletter's policy. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';

export type Verdict = 'accept' | 'resend';

/**
 * Settles unknowns of an issue: all of them, or those of the given identities. `accept`: it arrived; `resend`: it
 * goes out again under the same Message-ID (and may repeat). Returns how many moved.
 */
export async function settleUnknown(
  db: Db,
  issueId: number,
  verdict: Verdict,
  by: string,
  identities: readonly string[] | null = null,
): Promise<number> {
  const { rows } = await sql`
    UPDATE deliveries SET reason = ${by}, moved_at = clock_timestamp(),
      state = ${verdict === 'accept' ? 'accepted' : 'planned'},
      due_at = CASE WHEN ${verdict} = 'resend' THEN clock_timestamp() END
    WHERE issue_id = ${issueId} AND state = 'unknown'
      AND (${identities}::text[] IS NULL OR key = ANY(${identities}::text[]))
    RETURNING id`.execute(db);
  return rows.length;
}

/** Running sends of newsletters whose policy is `resend`: their unknowns go out again. Returns the issues touched. */
export async function resendUnknownsByPolicy(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT i.id FROM issues i JOIN newsletters n ON n.id = i.newsletter_id
    WHERE i.state = 'sending' AND n.on_unknown = 'resend'
      AND (SELECT coalesce(sum(unknown), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`.execute(db);
  for (const row of rows) await settleUnknown(db, row.id, 'resend', 'policy');
  return rows.map((row) => row.id);
}
