/** How much of a newsletter somebody gets. It is no consent of its own: they stay subscribed. */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import type { Frequency } from '../../db/schema.ts';
import { lockAgainstPlanning, skipWaitingFor } from '../../ledger/unsubscribe-guard.ts';
import type { SubscriptionRef } from '../tokens.ts';

interface Choice {
  frequency: Frequency;
  /** Null: not paused. */
  pausedUntil: Date | null;
}

/**
 * Of a confirmed subscription; false without one, or when nothing changes. Somebody who pauses gets nothing of what
 * waits for them now. The caller must not have locked any person before.
 */
export async function chooseFrequency(trx: Trx, ref: SubscriptionRef, choice: Choice): Promise<boolean> {
  await lockAgainstPlanning(trx);
  const { frequency, pausedUntil } = choice;
  const { numAffectedRows } = await sql`UPDATE subscriptions
    SET frequency = ${frequency}, paused_until = ${pausedUntil}::timestamptz
    WHERE newsletter_id = ${ref.newsletter} AND subscriber_id = ${ref.subscriber} AND state = 'confirmed'
      AND (frequency, paused_until) IS DISTINCT FROM (${frequency}, ${pausedUntil}::timestamptz)`.execute(
    trx,
  );
  if (!numAffectedRows) return false;
  const optOut = { subscriberId: ref.subscriber, newsletterId: ref.newsletter };
  if (pausedUntil !== null) await skipWaitingFor(trx, optOut, 'paused');
  return true;
}
