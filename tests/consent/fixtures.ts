/** What the tests of consent share: keys, requests, links, and what became of them. */
import { sql } from 'kysely';
import { readAddress } from '../../src/consent/identity.ts';
import { Keys } from '../../src/consent/keys.ts';
import { hashedIp, type Origin } from '../../src/consent/record.ts';
import {
  type SubscribeRequest,
  type SubscribeResult,
  subscribe,
} from '../../src/consent/signup/subscribe.ts';
import type { ConfirmRef } from '../../src/consent/tokens.ts';
import type { Db } from '../../src/db/connection.ts';

export const keys = new Keys(['a secret of the tests that is long enough']);

export const fromPage: Origin = {
  source: 'page',
  ipHash: hashedIp(keys, '192.0.2.1'),
  page: '/confirm',
  userAgent: 'Reader/1.0',
  language: 'en',
};

/** The link of a person; for ids that are nobody's, with keys that are nobody's. */
export async function linkTo(db: Db, newsletter: number, subscriber: number): Promise<ConfirmRef> {
  const { rows } = await sql<{ linkKey: number; requestKey: number }>`
    WITH asked AS (
      UPDATE subscriptions SET request_key = coalesce(request_key, new_link_key())
      WHERE newsletter_id = ${newsletter} AND subscriber_id = ${subscriber} RETURNING request_key
    )
    SELECT link_key AS "linkKey", coalesce((SELECT request_key FROM asked), 0) AS "requestKey"
    FROM subscribers WHERE id = ${subscriber}`.execute(db);
  return { newsletter, subscriber, ...(rows[0] ?? { linkKey: 1, requestKey: 1 }) };
}

export async function deliveryState(db: Db, ref: { issue: number; delivery: number }) {
  return db
    .selectFrom('deliveries')
    .select(['state', 'reason'])
    .where('issue_id', '=', ref.issue)
    .where('id', '=', ref.delivery)
    .executeTakeFirstOrThrow();
}

export async function subscriptionOf(db: Db, email: string, newsletterId: number) {
  return db
    .selectFrom('subscriptions as s')
    .innerJoin('subscribers as p', 'p.id', 's.subscriber_id')
    .select(['s.state', 's.left_by', 's.confirmed_at', 's.unsubscribed_at', 's.subscriber_id', 's.id'])
    .where('p.identity', '=', readAddress(email).identity)
    .where('s.newsletter_id', '=', newsletterId)
    .executeTakeFirst();
}

export async function confirmationsTo(db: Db, email: string): Promise<string[]> {
  const rows = await db
    .selectFrom('deliveries as d')
    .innerJoin('subscribers as p', 'p.id', 'd.subscriber_id')
    .select('d.email')
    .where('p.identity', '=', readAddress(email).identity)
    .where('d.kind', '=', 'confirmation')
    .execute();
  return rows.map((row) => row.email);
}

export async function recordsOf(db: Db, subscriberId: number) {
  return db
    .selectFrom('consent_records')
    .selectAll()
    .where('subscriber_id', '=', subscriberId)
    .orderBy('id')
    .execute();
}

/** The form as somebody fills it in. */
export function subscribeRequest(
  email: string,
  newsletterId: number,
  more: Partial<SubscribeRequest> & { ip?: string } = {},
): SubscribeRequest {
  const { ip = null, ...rest } = more;
  return {
    newsletterIds: [newsletterId],
    address: readAddress(email),
    name: null,
    language: null,
    wording: 'I want it.',
    origin: {
      source: 'form',
      ipHash: hashedIp(keys, ip),
      page: '/subscribe/weekly',
      userAgent: null,
      language: 'en',
    },
    ip,
    ...rest,
  };
}

/** Fills in the form. */
export function requestSubscription(
  db: Db,
  email: string,
  newsletterId: number,
  more: Partial<SubscribeRequest> & { ip?: string } = {},
): Promise<SubscribeResult> {
  const request = subscribeRequest(email, newsletterId, more);
  return db.transaction().execute((trx) => subscribe(trx, keys, request));
}

/** As if every request so far had been made that long ago. */
export async function hoursLater(db: Db, hours: number): Promise<void> {
  await sql`UPDATE confirmation_requests SET at = at - make_interval(hours => ${hours}::int)`.execute(db);
}
