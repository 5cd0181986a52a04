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
  /** Settled per second since the send started; null before. */
  rate: number | null;
  /** Seconds until all that waits is handed over at that rate; null when unknown. */
  eta: number | null;
  /** True when the plan is closed: the audience is final. */
  planned: boolean;
}

export async function issueStatus(db: Db, issueId: number): Promise<IssueStatus> {
  const { rows } = await sql<{
    name: string;
    state: IssueState;
    reason: string | null;
    rehearsal: boolean;
    plan_done: boolean;
    seconds: number | null;
  }>`
    SELECT n.slug || '/' || i.slug AS name, i.state, i.reason, i.rehearsal, i.plan_done,
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
    eta: issue.state === 'sending' && rate !== null && rate > 0 && left > 0 ? Math.ceil(left / rate) : null,
    planned: issue.plan_done,
  };
}

async function retryUntil(db: Db, issueId: number): Promise<string | null> {
  const { rows } = await sql<{ due: Date | null }>`
    SELECT max(due_at) AS due FROM deliveries WHERE issue_id = ${issueId} AND due_at IS NOT NULL AND state = 'deferred'`.execute(
    db,
  );
  return rows[0]?.due?.toISOString() ?? null;
}
