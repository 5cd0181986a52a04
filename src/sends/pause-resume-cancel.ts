/** Pause, resume, cancel, reset: what a person, or a fault, does to a running send. Truth stands in PostgreSQL. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { IssueState } from '../db/schema.ts';
import { Refused } from '../errors.ts';
import { tally } from '../ledger/counts.ts';
import { resetBaseline } from '../ledger/refusal-signals.ts';
import { skipWaitingOf } from '../ledger/skip.ts';
import { asksForApproval, endCanary } from './canary.ts';
import { unschedule } from './schedule.ts';
import { notOrdered } from './start.ts';

export type Pauser = 'editor' | 'postrider';

/**
 * No new mark is granted once this has committed; what is on the wire ends within 2 s. A person's pause outlives
 * any of ours. False when the issue was not sending (or was paused already).
 */
export async function pauseIssue(db: Db, issueId: number, by: Pauser, reason: string): Promise<boolean> {
  const { rows } = await sql`
    UPDATE issues SET state = 'paused', paused_by = ${by}, reason = ${reason}, updated_at = clock_timestamp(),
      paused_at = CASE WHEN state = 'sending' THEN clock_timestamp() ELSE paused_at END
    WHERE id = ${issueId} AND (state = 'sending' OR (state = 'paused' AND ${by} = 'editor'))
    RETURNING id`.execute(db);
  return rows.length > 0;
}

/** Paused before its moment, by a copied database: it goes back to wait for that. */
const notYet = sql`(sending_since IS NULL AND scheduled_at > clock_timestamp())`;

/**
 * The paused time does not count for the age limit of those who were tried before. A canary that asked is approved by
 * this; one that only waits (and is not paused) ends its wait. False when there is nothing to resume.
 */
export async function resumeIssue(db: Db, issueId: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ paused_at: Date }>`
      SELECT coalesce(paused_at, clock_timestamp()) AS paused_at FROM issues
      WHERE id = ${issueId} AND state = 'paused' FOR UPDATE`.execute(trx);
    if (!rows[0]) return endCanary(trx, issueId);
    await resetBaseline(trx, issueId);
    await sql`
      UPDATE deliveries SET first_attempt_at = first_attempt_at + (clock_timestamp() - ${rows[0].paused_at}::timestamptz)
      WHERE issue_id = ${issueId} AND due_at IS NOT NULL AND first_attempt_at IS NOT NULL`.execute(trx);
    await sql`
      UPDATE issues SET paused_by = NULL, paused_at = NULL, reason = NULL, updated_at = clock_timestamp(),
        state = CASE WHEN ${notYet} THEN 'scheduled' ELSE 'sending' END::issue_state,
        served_at = CASE WHEN NOT ${notYet} THEN clock_timestamp() END,
        sending_since = CASE WHEN NOT ${notYet} THEN coalesce(sending_since, clock_timestamp()) END,
        canary_over = canary_over OR ${asksForApproval}, plan_on_hold = plan_on_hold AND NOT ${asksForApproval}
      WHERE id = ${issueId}`.execute(trx);
    return true;
  });
}

/** A running or paused send ends for good: those who wait are skipped. A scheduled one becomes a draft again. */
export async function cancelIssue(db: Db, issueId: number): Promise<IssueState | null> {
  if (await unschedule(db, issueId)) return 'draft';
  const { rows } = await sql`
    UPDATE issues SET state = 'cancelled', reason = 'cancelled', plan_done = true, updated_at = clock_timestamp()
    WHERE id = ${issueId} AND state IN ('sending', 'paused') RETURNING id`.execute(db);
  if (rows.length === 0) return null;
  await skipWaitingOf(db, issueId, 'cancelled');
  return 'cancelled';
}

/** A sent issue that got work again is sending again; it keeps the time at which it was sent first. */
export async function reopenIssue(db: Db, issueId: number): Promise<void> {
  await sql`
    UPDATE issues SET state = 'sending', served_at = clock_timestamp(), updated_at = clock_timestamp()
    WHERE id = ${issueId} AND state = 'sent'`.execute(db);
}

/** A rehearsal becomes a draft again: only while every attempt went to the built-in inbox, and none is on the wire. */
export async function resetIssue(db: Db, issueId: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const issue = await trx
      .selectFrom('issues')
      .select(['state', 'rehearsal', 'compacting_since'])
      .where('id', '=', issueId)
      .forUpdate()
      .executeTakeFirst();
    if (!issue?.rehearsal)
      throw new Refused(
        'not-a-rehearsal',
        'only a rehearsal can be reset: this issue went to a real relay, or was never sent',
      );
    if (issue.compacting_since !== null)
      throw new Refused(
        'issue-thinned',
        'its ledger was thinned to counts; an issue like that is never sent again',
      );
    if (issue.state === 'sending')
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
    await sql`
      UPDATE issues SET ${notOrdered}, sending_since = NULL, served_at = NULL, sent_at = NULL, plan_moment = NULL,
        plan_high = NULL, plan_cursor = 0, plan_closed_to = NULL, plan_done = false,
        baseline_judged = 0, baseline_refused = 0, baseline_complaints = 0, waits_for = NULL, waits_until = NULL
      WHERE id = ${issueId}`.execute(trx);
  });
}
