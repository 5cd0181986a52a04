/** A look at a newsletter's subscribers, the latest first. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { SubscriptionState } from '../db/schema.ts';
import type { ExportedState } from './export.ts';

export interface ListedSubscriber {
  email: string;
  name: string | null;
  state: SubscriptionState;
  /** Since when the state holds. */
  since: Date;
  /** Nothing is handed over for them: they bounced, complained, or were suppressed by hand. */
  suppressed: boolean;
}

export interface ListOptions {
  state: ExportedState;
  /** Part of the address or the name, in whatever case; empty: everybody. */
  contains: string;
  limit: number;
}

export async function listSubscribers(
  db: Db,
  newsletterId: number,
  { state, contains, limit }: ListOptions,
): Promise<ListedSubscriber[]> {
  const pattern = `%${contains.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<ListedSubscriber>`
    SELECT p.email, p.name, s.state,
      coalesce(CASE s.state WHEN 'confirmed' THEN s.confirmed_at WHEN 'unsubscribed' THEN s.unsubscribed_at END,
        s.created_at) AS since,
      EXISTS (SELECT FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL
        AND (x.until IS NULL OR x.until > now()) AND (x.newsletter_id IS NULL OR x.newsletter_id = s.newsletter_id)
      ) AS suppressed
    FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    WHERE s.newsletter_id = ${newsletterId} AND ${state === 'all' ? sql`true` : sql`s.state = ${state}`}
      AND ${contains === '' ? sql`true` : sql`(p.email ILIKE ${pattern} OR p.name ILIKE ${pattern})`}
    ORDER BY s.id DESC LIMIT ${limit}`.execute(db);
  return rows;
}
