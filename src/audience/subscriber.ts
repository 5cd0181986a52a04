/** Adds a single subscriber, and shows everything known about one. */
import { sql } from 'kysely';
import { readAddress } from '../consent/identity.ts';
import type { Keys } from '../consent/keys.ts';
import { isActiveFor } from '../consent/suppressions.ts';
import type { Db } from '../db/connection.ts';
import type { SubscriptionState } from '../db/schema.ts';
import { Refused } from '../errors.ts';
import { readAttributeName } from './fields/attribute-name.ts';
import { type PersonTexts, readPerson } from './person/person.ts';
import { readSource } from './person/source.ts';
import type { StoreOutcome } from './store/context.ts';
import { storePeople } from './store/people.ts';

/** `source`: where the person said yes; null leaves them pending, without any mail. */
export async function addSubscriber(
  db: Db,
  keys: Keys,
  newsletterId: number,
  texts: PersonTexts,
  source: string | null,
): Promise<StoreOutcome> {
  for (const [name] of texts.attributes ?? []) readAttributeName(name);
  const confirmedBy = source === null ? null : `cli: ${readSource(source)}`;
  const [stored] = await storePeople(db, keys, { newsletterId, confirmedBy }, [readPerson(texts)]);
  if (!stored) throw new Error('expected an outcome for the one person stored, got none');
  return stored.outcome;
}

export interface SubscriberView {
  email: string;
  name: string | null;
  language: string | null;
  timezone: string | null;
  attributes: Record<string, string>;
  subscriptions: { newsletter: string; state: SubscriptionState; since: Date | null; tags: string[] }[];
  /** Active suppressions; `newsletter` null means everywhere. */
  suppressions: {
    reason: string;
    source: string;
    newsletter: string | null;
    since: Date;
    until: Date | null;
  }[];
  consent: RecordView[];
}

/** A consent record, as its person may see it too. */
interface RecordView {
  step: string;
  newsletter: string | null;
  source: string;
  /** The exact words, and the version that they are. */
  wording: string | null;
  wordingVersion: string | null;
  language: string | null;
  page: string | null;
  /** A keyed hash of the address that it came from. */
  ipHash: string | null;
  userAgent: string | null;
  /** The mail whose link was used: a confirmation mail, or an issue's. */
  mail: { issue: string | null; delivery: number } | null;
  at: Date;
}

/** Throws Refused('unknown-subscriber') when neither a subscriber nor a suppression has this identity. */
export async function showSubscriber(db: Db, keys: Keys, address: string): Promise<SubscriberView> {
  const { email, identity } = readAddress(address);
  const row = await db
    .selectFrom('subscribers')
    .selectAll()
    .where('identity', '=', identity)
    .executeTakeFirst();
  const suppressions = await suppressionsOf(db, keys, identity);
  if (!row && suppressions.length === 0)
    throw new Refused('unknown-subscriber', 'nobody with that address is known here');
  return {
    email: row?.email ?? email,
    name: row?.name ?? null,
    language: row?.language ?? null,
    timezone: row?.timezone ?? null,
    attributes: row?.attributes ?? {},
    subscriptions: row ? await subscriptionsOf(db, row.id) : [],
    suppressions,
    consent: row ? await consentOf(db, row.id) : [],
  };
}

/** Throws Refused('not-subscribed') when the person has no subscription there in any state. */
export async function findSubscription(
  db: Db,
  newsletterId: number,
  address: string,
): Promise<{ subscriber: number; email: string }> {
  const { identity } = readAddress(address);
  const row = await db
    .selectFrom('subscriptions as s')
    .innerJoin('subscribers as p', 'p.id', 's.subscriber_id')
    .select(['p.id as subscriber', 'p.email'])
    .where('p.identity', '=', identity)
    .where('s.newsletter_id', '=', newsletterId)
    .executeTakeFirst();
  if (row) return row;
  throw new Refused('not-subscribed', 'nobody with that address has ever subscribed to this newsletter');
}

/** The number of subscriptions to a newsletter in each state. */
export async function countSubscriptions(
  db: Db,
  newsletterId: number,
): Promise<Record<SubscriptionState, number>> {
  const rows = await db
    .selectFrom('subscriptions')
    .select(['state', (count) => count.fn.countAll<number>().as('people')])
    .where('newsletter_id', '=', newsletterId)
    .groupBy('state')
    .execute();
  const counts = { confirmed: 0, pending: 0, unsubscribed: 0 };
  for (const { state, people } of rows) counts[state] = people;
  return counts;
}

async function subscriptionsOf(db: Db, subscriberId: number): Promise<SubscriberView['subscriptions']> {
  const { rows } = await sql<SubscriberView['subscriptions'][number]>`
    SELECT n.slug AS newsletter, s.state,
      CASE s.state WHEN 'confirmed' THEN s.confirmed_at WHEN 'unsubscribed' THEN s.unsubscribed_at ELSE s.created_at END AS since, s.tags
    FROM subscriptions s JOIN newsletters n ON n.id = s.newsletter_id
    WHERE s.subscriber_id = ${subscriberId} ORDER BY n.slug`.execute(db);
  return rows;
}

async function suppressionsOf(db: Db, keys: Keys, identity: string): Promise<SubscriberView['suppressions']> {
  const { rows } = await sql<SubscriberView['suppressions'][number]>`
    SELECT x.reason, x.source, n.slug AS newsletter, x.created_at AS since, x.until
    FROM suppressions x LEFT JOIN newsletters n ON n.id = x.newsletter_id
    WHERE ${isActiveFor(keys, identity)} AND (x.until IS NULL OR x.until > now())
    ORDER BY x.id`.execute(db);
  return rows;
}

async function consentOf(db: Db, subscriberId: number): Promise<SubscriberView['consent']> {
  const { rows } = await sql<RecordView>`
    SELECT c.step, n.slug AS newsletter, c.source, c.wording, c.wording_version AS "wordingVersion", c.language, c.page,
      encode(c.ip_hash, 'hex') AS "ipHash", c.user_agent AS "userAgent",
      CASE WHEN c.delivery_id IS NOT NULL THEN
        jsonb_build_object('issue', (SELECT slug FROM issues WHERE id = c.delivery_issue_id), 'delivery', c.delivery_id) END AS mail,
      c.at
    FROM consent_records c LEFT JOIN newsletters n ON n.id = c.newsletter_id
    WHERE c.subscriber_id = ${subscriberId} ORDER BY c.id`.execute(db);
  return rows;
}
