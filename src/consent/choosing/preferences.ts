/**
 * What a reader has chosen, as their preferences page shows it. Their address is left out: issues get forwarded, and
 * whoever has one can open the page.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import type { SubscriptionState } from '../../db/schema.ts';
import type { LinkRef } from '../tokens.ts';

interface ChosenNewsletter {
  id: number;
  slug: string;
  name: string;
  /** Null: never subscribed, or never confirmed. */
  state: SubscriptionState | null;
}

export interface Preferences {
  subscriberId: number;
  name: string | null;
  language: string | null;
  timezone: string | null;
  /** Those that they get, and those that are open to everybody. */
  newsletters: ChosenNewsletter[];
}

/** Null when the link names nobody here. */
export async function readPreferences(db: Db, ref: LinkRef): Promise<Preferences | null> {
  const person = await db
    .selectFrom('subscribers')
    .select(['id', 'name', 'language', 'timezone'])
    .where('id', '=', ref.subscriber)
    .where('link_key', '=', ref.linkKey)
    .executeTakeFirst();
  if (!person) return null;
  const { rows } = await sql<ChosenNewsletter>`
    SELECT n.id, n.slug, n.name, s.state
    FROM newsletters n LEFT JOIN subscriptions s ON s.newsletter_id = n.id AND s.subscriber_id = ${person.id}
    WHERE n.signup = 'open' OR s.state = 'confirmed'
    ORDER BY n.id <> ${ref.newsletter}, n.name`.execute(db);
  const { id, ...chosen } = person;
  return { subscriberId: id, ...chosen, newsletters: rows };
}
