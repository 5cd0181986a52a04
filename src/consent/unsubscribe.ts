/**
 * Unsubscribe: final at once. It is one transaction, and it is answered only after the commit, once none of the
 * person's mails of this newsletter is on the wire any more (at most 2 s).
 */
import { CompiledQuery, sql } from 'kysely';
import { type Db, prepared, type Trx } from '../db/connection.ts';
import { acceptByReader } from '../ledger/evidence.ts';
import { PLAN_LOCK, waitWhileInFlight } from '../ledger/unsubscribe-guard.ts';
import { type Origin, recordedUserAgent } from './record.ts';
import type { DeliveryRef, SubscriptionRef, UnsubscribeRef } from './tokens.ts';

/** How somebody unsubscribed; it decides how they may come back. */
type LeftBy = 'reader' | 'editor' | 'complaint' | 'not-me';

interface Unsubscription extends SubscriptionRef {
  by: LeftBy;
  origin: Origin;
  /** The mail whose link was used. */
  delivery?: DeliveryRef;
}

/** The clock that waiting for mails on the wire needs. */
export type WaitClock = Parameters<typeof waitWhileInFlight>[1];

/** Resolves when the person has been unsubscribed, which includes people who were before or are unknown. */
export async function unsubscribe(db: Db, clock: WaitClock, request: Unsubscription): Promise<void> {
  if (!(await writeUnsubscribe(db, request))) return;
  await waitWhileInFlight(db, clock, {
    subscriberId: request.subscriber,
    newsletterId: request.newsletter,
  });
  // Even if the outcome of the mail is unknown: its reader has used its link, so it was delivered.
  if (request.delivery && request.by === 'reader')
    await acceptByReader(db, request.delivery, request.subscriber);
}

/**
 * Unsubscribes by the link of a mail. False when the link names nobody here, so that nobody is told that they
 * unsubscribed when they did not; true also when they were unsubscribed before, or erased.
 */
export async function unsubscribeByLink(
  db: Db,
  clock: WaitClock,
  ref: UnsubscribeRef,
  origin: Origin,
): Promise<boolean> {
  const { person, inFlight } = await writeUnsubscribeByLink(db, ref, origin);
  if (person === null) return false;
  if (!inFlight) return true;
  await waitWhileInFlight(db, clock, { subscriberId: person, newsletterId: ref.newsletter });
  // Even if the outcome of the mail is unknown: its reader has used its link, so it was delivered.
  await acceptByReader(db, ref, person);
  return true;
}

const UNSUBSCRIBE_BY_LINK = prepared(
  'unsubscribe-by-link',
  `SELECT person, in_flight AS "inFlight" FROM unsubscribe_by_link($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);

/** One call and one transaction, since mail providers send such requests by the thousand. */
export async function writeUnsubscribeByLink(
  db: Db,
  ref: UnsubscribeRef,
  origin: Origin,
): Promise<{ person: number | null; inFlight: boolean }> {
  const { newsletter, subscriber, linkKey, issue, delivery } = ref;
  const { rows } = await db.executeQuery<{ person: number | null; inFlight: boolean }>(
    CompiledQuery.raw(UNSUBSCRIBE_BY_LINK, [
      PLAN_LOCK,
      newsletter,
      subscriber,
      linkKey,
      origin.source,
      origin.language,
      origin.ipHash,
      origin.page,
      recordedUserAgent(origin),
      issue,
      delivery,
    ]),
  );
  return rows[0]!;
}

const UNSUBSCRIBE = prepared(
  'unsubscribe',
  'SELECT unsubscribe($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS in_flight',
);

/**
 * One call and one transaction, since mail providers send such requests by the thousand. True when a mail to them was on
 * the wire: a mail that was not can no longer be handed over after the commit.
 */
async function writeUnsubscribe(db: Db, request: Unsubscription): Promise<boolean> {
  const { newsletter, subscriber, by, origin, delivery } = request;
  const { source, language, ipHash, page } = origin;
  const values = [PLAN_LOCK, newsletter, subscriber, by, source, language, ipHash, page];
  const { rows } = await db.executeQuery<{ in_flight: boolean }>(
    CompiledQuery.raw(UNSUBSCRIBE, [
      ...values,
      recordedUserAgent(origin),
      delivery?.issue ?? null,
      delivery?.delivery ?? null,
    ]),
  );
  return rows[0]!.in_flight;
}

/**
 * Ends every subscription of a person who wants no mail at all. The caller suppresses them in the same transaction, which
 * skips what waits.
 */
export async function unsubscribeFromAll(
  trx: Trx,
  subscriberId: number,
  by: Extract<LeftBy, 'not-me' | 'complaint'>,
): Promise<void> {
  await sql`UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = clock_timestamp(), left_by = ${by}
    WHERE subscriber_id = ${subscriberId} AND state <> 'unsubscribed'`.execute(trx);
}
