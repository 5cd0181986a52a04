/** Resume, cancel, reset: what a person does to a send. */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import type { IssueState } from '../db/schema.ts';
import { Refused } from '../errors.ts';
import { ifStillDue, lockIssue, moveIssue } from '../issue/state.ts';
import { tally } from '../ledger/counts.ts';
import { skipWaitingOf } from '../ledger/moves/skip.ts';
import { resetBaseline } from '../ledger/refusal-signals.ts';
import { asksForApproval, endCanary } from './canary.ts';
import { unschedule } from './schedule.ts';
import { withdrawOrder } from './start.ts';

/**
 * Time spent paused does not count towards the age limit of deliveries that were tried before. Resuming approves a
 * canary that waits for approval; for a canary that only waits (and is not paused) it ends the wait. False when there
 * is nothing to resume.
 */
export async function resumeIssue(db: Db, issueId: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    if ((await lockIssue(trx, issueId)) !== 'paused') return endCanary(trx, issueId);
    await resetBaseline(trx, issueId);
    await sql`
      UPDATE deliveries d SET first_attempt_at = d.first_attempt_at + (clock_timestamp() - s.paused_at)
      FROM sends s WHERE s.issue_id = ${issueId} AND s.paused_at IS NOT NULL
        AND d.issue_id = ${issueId} AND d.due_at IS NOT NULL AND d.first_attempt_at IS NOT NULL`.execute(trx);
    const waits = await waitsForItsMoment(trx, issueId);
    await moveIssue(trx, issueId, waits ? 'schedule-again' : 'resume');
    await sql`
      UPDATE sends s SET paused_by = NULL, paused_at = NULL,
        canary_over = canary_over OR ${asksForApproval}, plan_on_hold = plan_on_hold AND NOT ${asksForApproval}
      WHERE issue_id = ${issueId}`.execute(trx);
    if (!waits)
      await sql`
        UPDATE sends SET served_at = clock_timestamp(), sending_since = coalesce(sending_since, clock_timestamp())
        WHERE issue_id = ${issueId}`.execute(trx);
    return true;
  });
}

/**
 * It was paused before its scheduled moment because the database is a copy: it goes back to waiting for that moment.
 */
async function waitsForItsMoment(trx: Trx, issueId: number): Promise<boolean> {
  const { rows } = await sql`SELECT FROM sends
    WHERE issue_id = ${issueId} AND sending_since IS NULL AND scheduled_at > clock_timestamp()`.execute(trx);
  return rows.length > 0;
}

/** Ends a running or paused send for good: waiting deliveries are skipped. A scheduled one becomes a draft again. */
export async function cancelIssue(db: Db, issueId: number): Promise<IssueState | null> {
  if (await unschedule(db, issueId)) return 'draft';
  const cancelled = await ifStillDue(db, issueId, sql`i.state IN ('sending', 'paused')`, async (trx) => {
    await moveIssue(trx, issueId, 'cancel', { code: 'cancelled', detail: null });
    await sql`UPDATE sends SET plan_done = true WHERE issue_id = ${issueId}`.execute(trx);
  });
  if (!cancelled) return null;
  await skipWaitingOf(db, issueId, 'cancelled');
  return 'cancelled';
}

/** Turns a rehearsal back into a draft: only while every attempt went to the built-in inbox and none is on the wire. */
export async function resetIssue(db: Db, issueId: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const state = await lockIssue(trx, issueId);
    const issue = await trx
      .selectFrom('issues')
      .innerJoin('sends', 'sends.issue_id', 'issues.id')
      .select(['sends.rehearsal', 'issues.compacting_since'])
      .where('issues.id', '=', issueId)
      .executeTakeFirst();
    if (!issue?.rehearsal)
      throw new Refused(
        'not-a-rehearsal',
        'only a rehearsal can be reset: this issue went to a real relay, or was never sent',
      );
    if (issue.compacting_since !== null)
      throw new Refused(
        'issue-thinned',
        'its ledger was compacted to counts; such an issue cannot be sent again',
      );
    if (state === 'sending')
      throw new Refused('issue-sending', 'the issue is sending; pause it first, then reset it');
    if ((await tally(trx, issueId)).handing > 0)
      throw new Refused('issue-sending', 'mails are still on the wire; try again in a moment');
    await trx.deleteFrom('batches').where('issue_id', '=', issueId).execute();
    await trx.deleteFrom('deliveries').where('issue_id', '=', issueId).execute();
    await trx.deleteFrom('attempts').where('issue_id', '=', issueId).execute();
    await trx.deleteFrom('lane_cursors').where('issue_id', '=', issueId).execute();
    await trx.deleteFrom('tallies').where('issue_id', '=', issueId).execute();
    await trx.deleteFrom('lane_samples').where('issue_id', '=', issueId).execute();
    await trx.deleteFrom('corrections').where('issue_id', '=', issueId).execute();
    await moveIssue(trx, issueId, 'reset');
    await withdrawOrder(trx, issueId);
  });
}
