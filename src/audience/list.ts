/** Lists a newsletter's subscribers, the latest first, and finds people in all newsletters. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { SubscriptionState } from '../db/schema.ts';
import { inSegment } from '../segment/condition.ts';
import type { Segment } from '../segment/filter.ts';
import type { ExportedState } from './export.ts';

interface ListedSubscriber {
  email: string;
  name: string | null;
  state: SubscriptionState;
  /** When the subscription got this state. */
  since: Date;
  /** They bounced, complained, or were suppressed by hand, so nothing is handed over for them. */
  suppressed: boolean;
  tags: string[];
}

interface ListOptions {
  state: ExportedState;
  /** Part of the address or the name, ignoring case; empty: everybody. */
  contains: string;
  limit: number;
  segment?: Segment | null;
  /** The `next` of the page before; null: from the start. */
  after?: number | null;
}

/** `next`: where the next page begins; null: this is the last one. */
interface Page<T> {
  subscribers: T[];
  next: number | null;
}

export async function listSubscribers(
  db: Db,
  newsletterId: number,
  { state, contains, limit, segment = null, after = null }: ListOptions,
): Promise<Page<ListedSubscriber>> {
  const { rows } = await sql<ListedSubscriber & { id: number }>`
    SELECT s.id, p.email, p.name, s.state,
      coalesce(CASE s.state WHEN 'confirmed' THEN s.confirmed_at WHEN 'unsubscribed' THEN s.unsubscribed_at END,
        s.created_at) AS since,
      EXISTS (SELECT FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL
        AND (x.until IS NULL OR x.until > now()) AND (x.newsletter_id IS NULL OR x.newsletter_id = s.newsletter_id)
      ) AS suppressed, s.tags
    FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    WHERE s.newsletter_id = ${newsletterId} AND ${state === 'all' ? sql`true` : sql`s.state = ${state}`}
      AND ${named(contains)} AND ${inSegment(segment)} AND ${after === null ? sql`true` : sql`s.id < ${after}`}
    ORDER BY s.id DESC LIMIT ${limit + 1}`.execute(db);
  return pageOf(rows, limit);
}

interface FoundSubscriber {
  email: string;
  name: string | null;
  subscriptions: { newsletter: string; state: SubscriptionState; tags: string[] }[];
}

/** People in any newsletter, the latest first. */
export async function findSubscribers(
  db: Db,
  contains: string,
  limit: number,
  after: number | null,
): Promise<Page<FoundSubscriber>> {
  const { rows } = await sql<FoundSubscriber & { id: number }>`
    SELECT p.id, p.email, p.name, coalesce((
      SELECT jsonb_agg(jsonb_build_object('newsletter', n.slug, 'state', s.state, 'tags', s.tags) ORDER BY n.slug)
      FROM subscriptions s JOIN newsletters n ON n.id = s.newsletter_id WHERE s.subscriber_id = p.id), '[]') AS subscriptions
    FROM subscribers p WHERE ${named(contains)} AND ${after === null ? sql`true` : sql`p.id < ${after}`}
    ORDER BY p.id DESC LIMIT ${limit + 1}`.execute(db);
  return pageOf(rows, limit);
}

function named(text: string): RawBuilder<unknown> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return text === '' ? sql`true` : sql`(p.email ILIKE ${pattern} OR p.name ILIKE ${pattern})`;
}

/** One row more than the limit was asked for, to know whether there are more. */
function pageOf<T extends { id: number }>(rows: readonly T[], limit: number): Page<Omit<T, 'id'>> {
  const subscribers = rows.slice(0, limit).map(({ id: _, ...subscriber }) => subscriber);
  return { subscribers, next: rows.length > limit ? rows[limit - 1]!.id : null };
}
