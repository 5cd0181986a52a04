/**
 * Unsubscribe: final at once (design 2.3). The act is one transaction; it is answered only after the commit and
 * when none of the person's mails of this newsletter is on the wire (at most 2 s).
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { lockAgainstPlanning, skipWaiting, waitUntilOffTheWire } from '../ledger/leave.ts';
import { type Origin, writeRecord } from './record.ts';
import type { DeliveryRef, SubscriptionRef } from './tokens.ts';

/** How somebody left; it decides how they may come back. */
export type LeftBy = 'reader' | 'editor' | 'complaint' | 'not-me';

export interface Leave extends SubscriptionRef {
  by: LeftBy;
  origin: Origin;
  /** The mail whose link was used. */
  delivery?: DeliveryRef;
}

/** What waiting needs of a clock. */
export type Waiting = Parameters<typeof waitUntilOffTheWire>[1];

/** Resolves when the person has left for good, also when they had left before, or are unknown. */
export async function unsubscribe(db: Db, clock: Waiting, leave: Leave): Promise<void> {
  await db.transaction().execute((trx) => leaveNewsletter(trx, leave));
  await waitUntilOffTheWire(db, clock, { subscriberId: leave.subscriber, newsletterId: leave.newsletter });
}

/** The act within a transaction; the caller waits for the wire after its commit. True when it changed something. */
export async function leaveNewsletter(trx: Trx, leave: Leave): Promise<boolean> {
  await lockAgainstPlanning(trx);
  const changed = await markUnsubscribed(trx, leave);
  await skipWaiting(trx, { subscriberId: leave.subscriber, newsletterId: leave.newsletter }, 'unsubscribed');
  if (!changed) return false;
  await writeRecord(trx, {
    step: 'unsubscribed',
    subscriberId: leave.subscriber,
    newsletterId: leave.newsletter,
    wording: null,
    origin: leave.origin,
    delivery: leave.delivery,
  });
  return true;
}

async function markUnsubscribed(trx: Trx, leave: Leave): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = clock_timestamp(), left_by = ${leave.by}
    WHERE newsletter_id = ${leave.newsletter} AND subscriber_id = ${leave.subscriber} AND state <> 'unsubscribed'`.execute(
    trx,
  );
  return (numAffectedRows ?? 0n) > 0n;
}
