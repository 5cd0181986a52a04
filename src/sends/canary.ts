/**
 * A canary: the first people of the plan get the issue, and the plan is put on hold. Once all of them have been tried
 * (readers in quiet hours, in a throttled lane or at a held domain have not), the wait begins. After it the plan
 * continues by itself, unless a person or the auto-pause has paused the send meanwhile. Without a wait the send pauses
 * until a person approves it. There is one plan, one moment T and one ledger, so nobody is chosen twice.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { eachDue, ifStillDue } from '../issue/state.ts';
import { pause } from './pause.ts';

/** Every delivery of the canary has been tried. A canary is small, so its rows can be read. */
const allTried = sql`(SELECT coalesce(sum(planned + handing), 0) FROM tallies t WHERE t.issue_id = i.id) = 0
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = i.id AND d.state = 'deferred' AND d.attempts = 0)`;

const onHold = sql`s.plan_on_hold AND NOT s.canary_over`;

/** For the send `s` of a paused issue: it is paused because its canary has ended and a person must approve the rest. */
export const asksForApproval: RawBuilder<unknown> = sql`(${onHold} AND s.canary_settled_at IS NOT NULL AND s.canary_wait_seconds IS NULL)`;

export interface CanaryMoves {
  /** Every delivery of their canary has been tried; the wait begins. */
  waiting: number[];
  /** Every delivery of their canary has been tried; a person must approve. */
  asking: number[];
  /** Their wait is over. */
  goingOn: number[];
}

/** Moves every canary that is due, by the database's clock. If several workers try, only one moves an issue. */
export async function moveCanaries(db: Db): Promise<CanaryMoves> {
  const settled = sql`i.state = 'sending' AND ${onHold} AND s.canary_settled_at IS NULL AND ${allTried}`;
  return {
    waiting: await eachDue(db, sql`${settled} AND s.canary_wait_seconds IS NOT NULL`, noteSettled),
    asking: await eachDue(db, sql`${settled} AND s.canary_wait_seconds IS NULL`, askForApproval),
    goingOn: await eachDue(
      db,
      sql`i.state = 'sending' AND ${onHold} AND s.canary_wait_seconds IS NOT NULL
        AND s.canary_settled_at + s.canary_wait_seconds * interval '1 second' <= clock_timestamp()`,
      goOn,
    ),
  };
}

/** A person has seen enough: ends the wait of a running canary. False if the plan is not on hold. */
export async function endCanary(db: Db, issueId: number): Promise<boolean> {
  return ifStillDue(db, issueId, sql`i.state = 'sending' AND ${onHold}`, goOn);
}

async function noteSettled(trx: Trx, issueId: number): Promise<number> {
  const { canary_size } = await trx
    .updateTable('sends')
    .set({ canary_settled_at: sql<Date>`clock_timestamp()` })
    .where('issue_id', '=', issueId)
    .returning('canary_size')
    .executeTakeFirstOrThrow();
  return canary_size ?? 0;
}

async function askForApproval(trx: Trx, issueId: number): Promise<void> {
  const size = await noteSettled(trx, issueId);
  const detail = `all of the first ${size} have been tried; look at the results, then resume the send to reach the others, or cancel it`;
  await pause(trx, issueId, 'postrider', { code: 'canary', detail });
}

async function goOn(trx: Trx, issueId: number): Promise<void> {
  await sql`UPDATE sends SET plan_on_hold = false, canary_over = true WHERE issue_id = ${issueId}`.execute(
    trx,
  );
}
