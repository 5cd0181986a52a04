/** Lists a newsletter's subscribers, the latest first. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { SubscriptionState } from '../db/schema.ts';
import type { ExportedState } from './export.ts';

interface ListedSubscriber {
  email: string;
  name: string | null;
  state: SubscriptionState;
  /** When the subscription got this state. */
  since: Date;
  /** They bounced, complained, or were suppressed by hand, so nothing is handed over for them. */
  suppressed: boolean;
}

interface ListOptions {
  state: ExportedState;
  /** Part of the address or the name, ignoring case; empty: everybody. */
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
