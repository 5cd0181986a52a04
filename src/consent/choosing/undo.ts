/**
 * What the page offers somebody who has just left: to undo it, and to say why. Its token names the consent record of
 * that leaving, so it works once: whoever is subscribed again, or leaves again, has another latest record.
 */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import type { Keys } from '../keys.ts';
import { lockPerson } from '../person.ts';
import { type Origin, writeRecord } from '../record.ts';
import { activeSuppressions } from '../suppressions.ts';
import type { LeavingRef } from '../tokens.ts';

/** Why somebody leaves, as the page lets them choose. */
export const LEAVING_REASONS = ['too-often', 'not-relevant', 'never-asked', 'other'] as const;
export type LeavingReason = (typeof LEAVING_REASONS)[number];

interface Undo extends LeavingRef {
  /** The sentence beside the button. */
  wording: string;
  /** From now on only the first issue of each month. */
  firstOnly: boolean;
  origin: Origin;
}

/**
 * Confirmed again, from the date of their first yes. False when it is spent, and for somebody suppressed: an undo lifts
 * nothing.
 */
export async function undoLeaving(trx: Trx, keys: Keys, undo: Undo): Promise<boolean> {
  const { newsletter, subscriber, wording, origin } = undo;
  const person = await lockPerson(trx, { id: subscriber });
  if (person?.linkKey !== undo.linkKey || !(await isLatest(trx, undo))) return false;
  if ((await activeSuppressions(trx, keys, person.identity, newsletter)).length > 0) return false;
  const { numAffectedRows } = await sql`UPDATE subscriptions
    SET state = 'confirmed', unsubscribed_at = NULL, left_by = NULL, paused_until = NULL,
      frequency = ${undo.firstOnly ? 'first' : sql`frequency`}
    WHERE newsletter_id = ${newsletter} AND subscriber_id = ${subscriber}
      AND state = 'unsubscribed' AND left_by = 'reader' AND confirmed_at IS NOT NULL`.execute(trx);
  if (!numAffectedRows) return false;
  await writeRecord(trx, {
    step: 'undone',
    subscriberId: subscriber,
    newsletterId: newsletter,
    wording,
    origin,
  });
  return true;
}

/** Keeps the first answer. False when the token's leaving is not their latest step any more. */
export async function saveLeavingReason(
  trx: Trx,
  ref: LeavingRef,
  reason: LeavingReason,
  comment: string | null,
): Promise<boolean> {
  const person = await lockPerson(trx, { id: ref.subscriber });
  if (person?.linkKey !== ref.linkKey || !(await isLatest(trx, ref))) return false;
  await trx
    .insertInto('leaving_reasons')
    .values({
      record_id: ref.record,
      newsletter_id: ref.newsletter,
      subscriber_id: ref.subscriber,
      reason,
      comment,
    })
    .onConflict((conflict) => conflict.column('record_id').doNothing())
    .execute();
  return true;
}

/** The leaving is the latest step of this subscription. The caller has locked the person. */
async function isLatest(trx: Trx, { newsletter, subscriber, record }: LeavingRef): Promise<boolean> {
  const latest = await trx
    .selectFrom('consent_records')
    .select(['id', 'step'])
    .where('subscriber_id', '=', subscriber)
    .where('newsletter_id', '=', newsletter)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return latest?.id === record && latest.step === 'unsubscribed';
}
