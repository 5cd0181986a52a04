/** Settling unknowns: by the editor's decision or by the newsletter's policy. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { abandonDeliveries, abandonedAttempts } from './moves/abandon.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';
import type { DeliveryReason } from './moves/reasons.ts';
import { SERVICE } from './service-mail.ts';

export type Verdict = 'accept' | 'resend';

/** Whoever resends an unknown although it may arrive twice need not care whether the relay remembers its key. */
const AT_ANY_TIME = sql`resend_until = NULL`;

/**
 * Settles unknowns of an issue: all of them, or those of the given identities. `accept`: it arrived; `resend`: it
 * goes out again under the same Message-ID (and may repeat). Returns how many moved.
 */
export async function settleUnknown(
  db: Db,
  issueId: number,
  verdict: Verdict,
  by: Extract<DeliveryReason, 'editor'>,
  identities: readonly string[] | null = null,
): Promise<number> {
  const { rows } = await sql`${moveDeliveries('reconcile', verdict === 'accept' ? 'accepted' : 'planned', {
    reason: by,
    dueAt: verdict === 'accept' ? null : sql`clock_timestamp()`,
    set: AT_ANY_TIME,
    where: sql`d.issue_id = ${issueId} AND (${identities}::text[] IS NULL OR d.key = ANY(${identities}::text[]))`,
    returning: sql`d.id`,
  })}`.execute(db);
  return rows.length;
}

/**
 * Resends unknowns: those of running sends of newsletters whose policy is `resend`, and those of service mails. They
 * become due by the retry schedule (milliseconds), so that a message whose reply never comes is not repeated every few
 * seconds. Returns the issues that changed.
 */
export async function resendUnknownsByPolicy(db: Db, retryMs: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    WITH unsettled AS (
      SELECT i.id FROM issues i JOIN newsletters n ON n.id = i.newsletter_id
      WHERE i.state = 'sending' AND n.on_unknown = 'resend' UNION ALL SELECT ${SERVICE}::bigint
    )
    SELECT id FROM unsettled
    WHERE (SELECT coalesce(sum(unknown), 0) FROM tallies t WHERE t.issue_id = unsettled.id) > 0`.execute(db);
  for (const row of rows) await resendLater(db, row.id, retryMs);
  return rows.map((row) => row.id);
}

async function resendLater(db: Db, issueId: number, retryMs: readonly number[]): Promise<void> {
  const schedule = sql`${retryMs}::float8[]`;
  await sql`${moveDeliveries('reconcile', 'planned', {
    reason: 'policy',
    dueAt: sql`clock_timestamp() + interval '1 millisecond' *
      coalesce((${schedule})[least(greatest(d.attempts, 1), cardinality(${schedule}))], 0)`,
    set: AT_ANY_TIME,
    where: sql`d.issue_id = ${issueId}`,
  })}`.execute(db);
}

/**
 * Marks deliveries `unknown` that no worker is handing over: their mark was stored after their worker had ended or had
 * given up waiting for the answer. They are older than `ageMs`, and no batch of their issue is open. Returns how many.
 */
export async function markOrphansUnknown(db: Db, ageMs: number): Promise<number> {
  const { rows } = await sql`
    WITH orphaned AS (
      SELECT id FROM (SELECT id FROM issues WHERE state IN ('sending', 'paused', 'cancelled') UNION ALL SELECT ${SERVICE}::bigint) i
      WHERE (SELECT coalesce(sum(handing), 0) FROM tallies t WHERE t.issue_id = i.id) > 0
        AND NOT EXISTS (SELECT 1 FROM batches w WHERE w.issue_id = i.id)
    ), abandoned AS (${abandonDeliveries(
      'worker-died',
      sql`d.issue_id = ANY(ARRAY(SELECT id FROM orphaned)) AND d.moved_at < clock_timestamp() - ${ageMs} * interval '1 millisecond'`,
    )})
    ${abandonedAttempts('worker-died')}`.execute(db);
  return rows.length;
}
