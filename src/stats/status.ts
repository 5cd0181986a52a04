/** How a send stands, in numbers: what `issue status` prints. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { IssueState } from '../db/schema.ts';
import { audience, tally, waiting } from '../ledger/counts.ts';

export interface IssueStatus {
  issue: string;
  state: IssueState;
  reason: string | null;
  rehearsal: boolean;
  counts: {
    /** Planned so far; final when `planned` is true. */
    audience: number;
    accepted: number;
    refused: number;
    skipped: number;
    unknown: number;
    waiting: number;
  };
  /** Of those waiting: the relay put them off. */
  deferred: number;
  /** When the last of the deferred is due, ISO; null when none is. */
  retryUntil: string | null;
  /** Settled per second, the mean since the send started; null before. */
  rate: number | null;
  /** Seconds until all that waits (and is not deferred) is settled at that rate; null when not known. */
  eta: number | null;
  /** True when the plan is closed: the audience is final. */
  planned: boolean;
  /** When it starts, or should have started; ISO. Null for a send that was not scheduled. */
  scheduledAt: string | null;
  /** Who confirms until then gets it too; ISO. Null without catch-up, and before the plan began. */
  catchUpUntil: string | null;
  /** The newsletter's time zone. */
  timezone: string;
}

export async function issueStatus(db: Db, issueId: number): Promise<IssueStatus> {
  const { rows } = await sql<{
    name: string;
    state: IssueState;
    reason: string | null;
    rehearsal: boolean;
    plan_done: boolean;
    scheduled_at: Date | null;
    catch_up_until: Date | null;
    timezone: string;
    seconds: number | null;
  }>`
    SELECT n.slug || '/' || i.slug AS name, i.state, i.reason, i.rehearsal, i.plan_done, i.scheduled_at, n.timezone,
      i.plan_moment + i.catch_up_seconds * interval '1 second' AS catch_up_until,
      extract(epoch FROM coalesce(i.sent_at, clock_timestamp()) - i.sending_since)::float8 AS seconds
    FROM issues i JOIN newsletters n ON n.id = i.newsletter_id WHERE i.id = ${issueId}`.execute(db);
  const issue = rows[0]!;
  const counts = await tally(db, issueId);
  const settled = counts.accepted + counts.refused + counts.unknown;
  const rate = issue.seconds === null || issue.seconds <= 0 ? null : settled / issue.seconds;
  const left = counts.planned + counts.handing;
  return {
    issue: issue.name,
    state: issue.state,
    reason: issue.reason,
    rehearsal: issue.rehearsal,
    counts: {
      audience: audience(counts),
      accepted: counts.accepted,
      refused: counts.refused,
      skipped: counts.skipped,
      unknown: counts.unknown,
      waiting: waiting(counts),
    },
    deferred: counts.deferred,
    retryUntil: counts.deferred === 0 ? null : await retryUntil(db, issueId),
    rate: rate === null ? null : Math.round(rate * 10) / 10,
    eta:
      issue.state === 'sending' && issue.plan_done && rate !== null && rate > 0 && left > 0
        ? Math.ceil(left / rate)
        : null,
    planned: issue.plan_done,
    scheduledAt: issue.scheduled_at?.toISOString() ?? null,
    catchUpUntil: issue.catch_up_until?.toISOString() ?? null,
    timezone: issue.timezone,
  };
}

async function retryUntil(db: Db, issueId: number): Promise<string | null> {
  const { rows } = await sql<{ due: Date | null }>`
    SELECT max(due_at) AS due FROM deliveries WHERE issue_id = ${issueId} AND due_at IS NOT NULL AND state = 'deferred'`.execute(
    db,
  );
  return rows[0]?.due?.toISOString() ?? null;
}
