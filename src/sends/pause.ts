/** Pausing a send, by a person or by Postrider itself. */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import type { Reason } from '../issue/reason.ts';
import { lockIssue, moveIssue } from '../issue/state.ts';

export type Pauser = 'editor' | 'postrider';

/**
 * Once this has committed, no new mark is granted; what is on the wire ends within 2 s. A person's pause takes
 * precedence over an automatic one. False when the issue was not sending (or was paused already).
 */
export async function pauseIssue(db: Db, issueId: number, by: Pauser, reason: Reason): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const state = await lockIssue(trx, issueId);
    if (state !== 'sending' && !(state === 'paused' && by === 'editor')) return false;
    await pause(trx, issueId, by, reason);
    return true;
  });
}

/**
 * For callers that hold the issue's lock and know that it may be paused. A send that is paused already keeps its pause
 * time.
 */
export async function pause(trx: Trx, issueId: number, by: Pauser, reason: Reason): Promise<void> {
  await moveIssue(trx, issueId, 'pause', reason);
  await sql`UPDATE sends SET paused_by = ${by}, paused_at = coalesce(paused_at, clock_timestamp())
    WHERE issue_id = ${issueId}`.execute(trx);
}
