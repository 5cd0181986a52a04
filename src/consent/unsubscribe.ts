/**
 * Unsubscribe: final at once (design 2.3). The act is one transaction; it is answered only after the commit and
 * when none of the person's mails of this newsletter is on the wire (at most 2 s).
 */
import { CompiledQuery } from 'kysely';
import { type Db, prepared } from '../db/connection.ts';
import { acceptByReader } from '../ledger/evidence.ts';
import { PLAN_LOCK, waitUntilOffTheWire } from '../ledger/unsubscribe-guard.ts';
import { keptUserAgent, type Origin } from './record.ts';
import type { DeliveryRef, LeaveRef, SubscriptionRef } from './tokens.ts';

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
  if (!(await leaveNewsletter(db, leave))) return;
  await waitUntilOffTheWire(db, clock, { subscriberId: leave.subscriber, newsletterId: leave.newsletter });
  // A mail that left the wire in doubt after its reader had used its link.
  if (leave.delivery && leave.by === 'reader') await acceptByReader(db, leave.delivery, leave.subscriber);
}

/**
 * By the link of a mail. False when it names nobody here, so that nobody is told they left who did not; true also when
 * they had left before, or were erased.
 */
export async function unsubscribeByLink(
  db: Db,
  clock: Waiting,
  ref: LeaveRef,
  origin: Origin,
): Promise<boolean> {
  const { person, onTheWire } = await leaveByLink(db, ref, origin);
  if (person === null) return false;
  if (!onTheWire) return true;
  await waitUntilOffTheWire(db, clock, { subscriberId: person, newsletterId: ref.newsletter });
  // A mail that left the wire in doubt after its reader had used its link.
  await acceptByReader(db, ref, person);
  return true;
}

const LEAVE_BY_LINK = prepared(
  'unsubscribe-by-link',
  `SELECT person, on_the_wire AS "onTheWire" FROM unsubscribe_by_link($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

/** One call and one transaction, since mail providers send these by the thousand. */
async function leaveByLink(db: Db, ref: LeaveRef, origin: Origin) {
  const { newsletter, subscriber, linkKey, issue, delivery } = ref;
  const { rows } = await db.executeQuery<{ person: number | null; onTheWire: boolean }>(
    CompiledQuery.raw(LEAVE_BY_LINK, [
      PLAN_LOCK,
      newsletter,
      subscriber,
      linkKey,
      origin.source,
      origin.language,
      origin.ip,
      keptUserAgent(origin),
      issue,
      delivery,
    ]),
  );
  return rows[0]!;
}

const LEAVE = prepared(
  'unsubscribe',
  'SELECT unsubscribe($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS on_the_wire',
);

/**
 * One call and one transaction, since mail providers send these by the thousand. True when a mail of theirs was on
 * the wire: none that was not can be handed over after the commit.
 */
async function leaveNewsletter(db: Db, leave: Leave): Promise<boolean> {
  const { newsletter, subscriber, by, origin, delivery } = leave;
  const values = [PLAN_LOCK, newsletter, subscriber, by, origin.source, origin.language, origin.ip];
  const { rows } = await db.executeQuery<{ on_the_wire: boolean }>(
    CompiledQuery.raw(LEAVE, [
      ...values,
      keptUserAgent(origin),
      delivery?.issue ?? null,
      delivery?.delivery ?? null,
    ]),
  );
  return rows[0]!.on_the_wire;
}
