/**
 * Retries, after a fix, deliveries that the relay refused: the same rows, hence the same Message-ID. A bad address
 * cannot be fixed, and people who left in the meantime are not retried.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { reopenIfSent } from '../issue/state.ts';
import { notSuppressed } from './audience.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';
import { lockPlanning } from './unsubscribe-guard.ts';

const PAGE = 5_000;

/** Refusal classes that a fix can help (delivery/replies/, and our own `unsendable`). */
export const retryableReasons = [
  'policy',
  'content',
  'mailbox-full',
  'needs-smtputf8',
  'refused',
  'unsendable',
] as const;
export type RetryableReason = (typeof retryableReasons)[number];

export interface RetryResult {
  moved: number;
  lanes: string[];
}

/** Moves refused deliveries of these classes to planned, due at once, and reopens a sent issue. */
export async function retryRefused(
  db: Db,
  issueId: number,
  reasons: readonly RetryableReason[] = retryableReasons,
): Promise<RetryResult> {
  const lanes = new Set<string>();
  let moved = 0;
  for (let after = 0; ; ) {
    const ids = await refusedAfter(db, issueId, reasons, after);
    if (ids.length === 0) return { moved, lanes: [...lanes] };
    const page = await db.transaction().execute((trx) => retryPage(trx, issueId, reasons, ids));
    moved += page.moved;
    for (const lane of page.lanes ?? []) lanes.add(lane);
    after = ids.at(-1)!;
  }
}

/** Selected before the planning lock is taken, since a few refused rows may be far apart. */
async function refusedAfter(
  db: Db,
  issueId: number,
  reasons: readonly RetryableReason[],
  after: number,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM deliveries
    WHERE issue_id = ${issueId} AND id > ${after} AND state = 'refused' AND reason = ANY(${reasons}::text[])
    ORDER BY id LIMIT ${PAGE}`.execute(db);
  return rows.map((row) => row.id);
}

/** The age limit counts from the first attempt after the fix. Earlier attempts stay on the row and in their table. */
async function retryPage(
  trx: Trx,
  issueId: number,
  reasons: readonly RetryableReason[],
  ids: readonly number[],
): Promise<{ moved: number; lanes: string[] | null }> {
  await lockPlanning(trx, issueId);
  const { rows } = await sql<{ moved: number; lanes: string[] | null }>`
    WITH moved AS (${moveDeliveries('retryRefused', 'planned', {
      reason: 'second-try',
      dueAt: sql`clock_timestamp()`,
      set: sql`first_attempt_at = NULL, resend_until = NULL`,
      from: sql`subscriptions s`,
      where: sql`d.issue_id = ${issueId} AND d.id = ANY(${ids}::bigint[]) AND d.reason = ANY(${reasons}::text[])
        AND s.id = d.subscription_id AND s.state = 'confirmed' AND ${notSuppressed}
        AND EXISTS (SELECT 1 FROM issues WHERE id = ${issueId} AND state IN ('sent', 'sending', 'paused') AND compacting_since IS NULL)`,
      returning: sql`d.lane`,
    })}
    )
    SELECT count(*)::int AS moved, array_agg(DISTINCT lane) AS lanes FROM moved`.execute(trx);
  const retried = rows[0]!;
  if (retried.moved > 0) await reopenIfSent(trx, issueId);
  return retried;
}
