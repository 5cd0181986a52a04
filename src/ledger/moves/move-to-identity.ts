/** Follows a person to a new address, so that no issue reaches them twice: the ledger's rows of issues are keyed by it. */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';

/**
 * Rows that wait go to the new address; what has been handed over keeps the address that it went to. The caller holds
 * the planning lock.
 */
export async function moveToIdentity(
  trx: Trx,
  { from, to, email }: { from: string; to: string; email: string },
): Promise<void> {
  await sql`
    UPDATE deliveries d SET key = ${to}, email = CASE WHEN d.state IN ('planned', 'deferred') THEN ${email} ELSE d.email END
    WHERE d.kind = 'issue' AND d.key = ${from} AND d.issue_id = ANY(ARRAY(SELECT id FROM issues))
      AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.issue_id = d.issue_id AND o.kind = 'issue' AND o.key = ${to})`.execute(
    trx,
  );
}
