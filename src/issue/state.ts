/**
 * The state of an issue, and the only place that changes it. Every move locks the issue's row first: everything that
 * gives an issue work, or takes work away, holds that lock until it has committed, so what is read after locking stays
 * true. A condition that reads more than the state (its send, its counts) is therefore checked again under the lock.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import type { IssueState } from '../db/schema.ts';
import { Refused } from '../errors.ts';
import type { Reason } from './reason.ts';

/**
 * Each move with the states that it may start from. An issue leaves `sent` only for work that nobody could foresee
 * (latecomers, retries, late replies), and only while the ledger still has its rows.
 */
export const MOVES = {
  archive: { from: ['draft'], to: 'archived' },
  schedule: { from: ['draft'], to: 'scheduled' },
  start: { from: ['draft', 'scheduled'], to: 'sending' },
  /** A scheduled or running send; or a person's pause on top of an automatic one. */
  pause: { from: ['scheduled', 'sending', 'paused'], to: 'paused' },
  resume: { from: ['paused'], to: 'sending' },
  /** It was paused before its scheduled time, and waits for that time again. */
  'schedule-again': { from: ['paused'], to: 'scheduled' },
  finish: { from: ['sending'], to: 'sent' },
  reopen: { from: ['sent'], to: 'sending' },
  cancel: { from: ['sending', 'paused'], to: 'cancelled' },
  /** A send that has not begun is taken back. */
  withdraw: { from: ['scheduled', 'paused'], to: 'draft' },
  /** A rehearsal is forgotten. */
  reset: { from: ['scheduled', 'paused', 'sent', 'cancelled'], to: 'draft' },
} as const satisfies Record<string, { from: readonly IssueState[]; to: IssueState }>;

export type Move = keyof typeof MOVES;

/** The issue was in a state that the move does not start from; nothing has changed. */
export class MoveRefused extends Refused {
  override name = 'MoveRefused';
  /** Null: there is no such issue. */
  readonly state: IssueState | null;
  constructor(move: Move, state: IssueState | null) {
    super(
      'issue-state',
      `expected an issue that is ${MOVES[move].from.join(', ')} to ${move} it, found ${state === null ? 'none' : `one that is ${state}`}; nothing was changed`,
    );
    this.state = state;
  }
}

export const mayMove = (move: Move, state: IssueState): boolean =>
  (MOVES[move].from as readonly IssueState[]).includes(state);

/** The issue's state, with its row locked until the transaction ends; null when there is none. */
export async function lockIssue(trx: Trx, issueId: number): Promise<IssueState | null> {
  const issue = await trx
    .selectFrom('issues')
    .select('state')
    .where('id', '=', issueId)
    .forUpdate()
    .executeTakeFirst();
  return issue?.state ?? null;
}

/** Makes the move. Throws MoveRefused. `reason`: why it is in its new state, for people; null if that is obvious. */
export async function moveIssue(
  trx: Trx,
  issueId: number,
  move: Move,
  reason: Reason | null = null,
): Promise<void> {
  const state = await lockIssue(trx, issueId);
  if (state === null || !mayMove(move, state)) throw new MoveRefused(move, state);
  await sql`UPDATE issues SET state = ${MOVES[move].to}, 
    reason_code = ${reason?.code ?? null}, reason_detail = ${reason?.detail ?? null}, updated_at = clock_timestamp()
    WHERE id = ${issueId}`.execute(trx);
}

/**
 * Called when an issue gets more work: a sent issue goes back to sending, but keeps the time at which it was first
 * sent.
 */
export async function reopenIfSent(trx: Trx, issueId: number): Promise<void> {
  if ((await lockIssue(trx, issueId)) !== 'sent') return;
  await moveIssue(trx, issueId, 'reopen');
  await sql`UPDATE sends SET served_at = clock_timestamp() WHERE issue_id = ${issueId}`.execute(trx);
}

/**
 * Finds the issues for which `due` holds (a condition on the issue `i` and its send `s`), and acts on each in its own
 * transaction if `due` still holds under the lock. Returns the issues acted on; among several processes, only one acts
 * on each issue.
 */
export async function eachDue(
  db: Db,
  due: RawBuilder<unknown>,
  act: (trx: Trx, issueId: number) => Promise<unknown>,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT i.id FROM issues i JOIN sends s ON s.issue_id = i.id WHERE ${due} ORDER BY i.id`.execute(db);
  const done: number[] = [];
  for (const { id } of rows) if (await ifStillDue(db, id, due, act)) done.push(id);
  return done;
}

/** Like `eachDue`, for one issue. */
export async function ifStillDue(
  db: Db,
  issueId: number,
  due: RawBuilder<unknown>,
  act: (trx: Trx, issueId: number) => Promise<unknown>,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    await lockIssue(trx, issueId);
    const { rows } = await sql`
      SELECT FROM issues i JOIN sends s ON s.issue_id = i.id WHERE i.id = ${issueId} AND ${due}`.execute(trx);
    if (rows.length === 0) return false;
    await act(trx, issueId);
    return true;
  });
}

/** In the caller's transaction where there is one. */
const inTransaction = <T>(db: Db, act: (trx: Trx) => Promise<T>): Promise<T> =>
  db.isTransaction ? act(db as Trx) : db.transaction().execute(act);
