/**
 * A canary: the first people of the plan get the issue, and the plan rests. When all of them had an answer (a reader
 * whose night it is, a throttled lane and a domain that is held have none), the wait counts; after it the plan goes on
 * by itself, unless somebody, or a breaker, has paused the send meanwhile. Without a wait the send pauses and asks. It
 * is one plan, one moment T, one ledger: nobody is chosen twice.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connection.ts';

/** Of a canary, that nobody of it waits untried. It is small: its rows can be looked at. */
const allTried = sql`(SELECT coalesce(sum(planned + handing), 0) FROM tallies t WHERE t.issue_id = issues.id) = 0
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = issues.id AND d.state = 'deferred' AND d.attempts = 0)`;

const rests = sql`plan_on_hold AND NOT canary_over`;

/** Of a paused issue: it is paused since its canary has ended and wants a word. */
export const asksForApproval: RawBuilder<unknown> = sql`(${rests} AND canary_settled_at IS NOT NULL AND canary_wait_seconds IS NULL)`;

export interface CanaryMoves {
  /** Their canary has its answers; the wait begins. */
  waiting: number[];
  /** Their canary has its answers; a person must approve. */
  asking: number[];
  /** Their wait is over. */
  goingOn: number[];
}

/** What is due, by the database's clock. Conditional statements: of many workers one moves an issue. */
export async function moveCanaries(db: Db): Promise<CanaryMoves> {
  const { rows: settled } = await sql<{ id: number; asks: boolean }>`
    UPDATE issues SET canary_settled_at = clock_timestamp(), updated_at = clock_timestamp(),
      state = CASE WHEN canary_wait_seconds IS NULL THEN 'paused' ELSE 'sending' END::issue_state,
      paused_by = CASE WHEN canary_wait_seconds IS NULL THEN 'postrider' END,
      paused_at = CASE WHEN canary_wait_seconds IS NULL THEN clock_timestamp() END,
      reason = CASE WHEN canary_wait_seconds IS NULL THEN
        'canary: the first ' || canary_size || ' had an answer; look at them, then resume it to reach the others, or cancel it' END
    WHERE state = 'sending' AND ${rests} AND canary_settled_at IS NULL
      AND ${allTried}
    RETURNING id, state = 'paused' AS asks`.execute(db);
  const { rows: over } = await sql<{ id: number }>`
    UPDATE issues SET plan_on_hold = false, canary_over = true, updated_at = clock_timestamp()
    WHERE state = 'sending' AND ${rests} AND canary_wait_seconds IS NOT NULL
      AND canary_settled_at + canary_wait_seconds * interval '1 second' <= clock_timestamp()
    RETURNING id`.execute(db);
  return {
    waiting: settled.filter((row) => !row.asks).map((row) => row.id),
    asking: settled.filter((row) => row.asks).map((row) => row.id),
    goingOn: over.map((row) => row.id),
  };
}

/** A person has seen enough: the wait of a running canary is over. False where none rests. */
export async function endCanary(db: Db, issueId: number): Promise<boolean> {
  const { rows } = await sql`
    UPDATE issues SET plan_on_hold = false, canary_over = true, updated_at = clock_timestamp()
    WHERE id = ${issueId} AND state = 'sending' AND ${rests} RETURNING id`.execute(db);
  return rows.length > 0;
}
