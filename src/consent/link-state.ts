/**
 * Whom a link is about, and what it can still do. People are looked up by id and link key together, so a link never acts
 * on anybody but its own person, whatever database it is opened in.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { SubscriptionState } from '../db/schema.ts';
import type { ConfirmRef, LinkRef, UnsubscribeRef } from './tokens.ts';

/** The subscription of the person of a link. `gone`: erased, or never subscribed. Null: the link names nobody here. */
type LinkState = SubscriptionState | 'gone' | null;

export async function unsubscribeLinkState(db: Db, ref: UnsubscribeRef): Promise<LinkState> {
  const { newsletter, subscriber, linkKey } = ref;
  const { rows } = await sql<{ person: number | null; state: SubscriptionState | null }>`
    SELECT who.person, s.state FROM (SELECT subscriber_of_link(${subscriber}, ${linkKey}) AS person) who
    LEFT JOIN subscriptions s ON s.newsletter_id = ${newsletter} AND s.subscriber_id = who.person`.execute(
    db,
  );
  const { person: found, state } = rows[0]!;
  return found === null ? null : (state ?? 'gone');
}

interface LinkedSubscription {
  state: SubscriptionState;
  leftBy: string | null;
}

/** The subscription that a link in a confirmation mail is about; null when the link names nobody here. */
export async function linkedSubscription(db: Db, ref: LinkRef): Promise<LinkedSubscription | null> {
  const { rows } = await sql<LinkedSubscription>`
    SELECT s.state, s.left_by AS "leftBy"
    FROM subscribers p JOIN subscriptions s ON s.subscriber_id = p.id AND s.newsletter_id = ${ref.newsletter}
    WHERE p.id = ${ref.subscriber} AND p.link_key = ${ref.linkKey}`.execute(db);
  return rows[0] ?? null;
}

export interface LinkedSubscriptionState {
  newsletter: number;
  state: SubscriptionState;
}

/** The subscriptions that a confirmation link is about, that of its own newsletter first. */
export async function subscriptionsOfLink(db: Db, ref: ConfirmRef): Promise<LinkedSubscriptionState[]> {
  const { rows } = await sql<LinkedSubscriptionState>`
    SELECT s.newsletter_id AS newsletter, s.state FROM subscribers p JOIN subscriptions s ON s.subscriber_id = p.id
    WHERE p.id = ${ref.subscriber} AND p.link_key = ${ref.linkKey}
      AND (s.joint_key = ${ref.requestKey} OR (s.request_key = ${ref.requestKey} AND s.newsletter_id = ${ref.newsletter}))
    ORDER BY s.newsletter_id <> ${ref.newsletter}, s.newsletter_id`.execute(db);
  return rows;
}

/** What a confirmation link can do now. `spent`: its person has unsubscribed since, or a newer request replaced it. */
export async function confirmLinkUse(db: Db, ref: ConfirmRef): Promise<'confirm' | 'confirmed' | 'spent'> {
  const states = (await subscriptionsOfLink(db, ref)).map(({ state }) => state);
  if (states.includes('pending')) return 'confirm';
  return states.includes('confirmed') ? 'confirmed' : 'spent';
}
