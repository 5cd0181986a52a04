/** Everything that is kept about a person, for the person: their page and its export. */
import { sql } from 'kysely';
import type { Keys } from '../consent/keys.ts';
import type { LinkRef } from '../consent/tokens.ts';
import type { Db } from '../db/connection.ts';
import { type SubscriberView, showSubscriber } from './subscriber.ts';

export interface PersonData extends SubscriberView {
  /** The issues and service mails that were planned for them, latest first, while the ledger names people. */
  mails: { kind: string; newsletter: string; title: string | null; state: string; at: Date }[];
  /** What they said when they left. */
  reasons: { newsletter: string; reason: string; comment: string | null; at: Date }[];
}

const MAX_MAILS = 5_000;

/** Null when the link names nobody here. */
export async function readPersonData(db: Db, keys: Keys, ref: LinkRef): Promise<PersonData | null> {
  const person = await db
    .selectFrom('subscribers')
    .select(['id', 'email', 'identity'])
    .where('id', '=', ref.subscriber)
    .where('link_key', '=', ref.linkKey)
    .executeTakeFirst();
  if (!person) return null;
  const view = await showSubscriber(db, keys, person.email);
  return { ...view, mails: await mailsOf(db, person), reasons: await reasonsOf(db, person.id) };
}

async function mailsOf(db: Db, { id, identity }: { id: number; identity: string }) {
  const { rows } = await sql<PersonData['mails'][number]>`
    SELECT d.kind, n.slug AS newsletter, i.title, d.state, d.moved_at AS at
    FROM deliveries d JOIN newsletters n ON n.id = d.newsletter_id LEFT JOIN issues i ON i.id = d.issue_id
    WHERE (d.kind = 'issue' AND d.key = ${identity} AND d.issue_id = ANY(ARRAY(SELECT id FROM issues)))
      OR (d.issue_id = 0 AND d.subscriber_id = ${id})
    ORDER BY d.moved_at DESC LIMIT ${MAX_MAILS}`.execute(db);
  return rows;
}

async function reasonsOf(db: Db, subscriberId: number): Promise<PersonData['reasons']> {
  const { rows } = await sql<PersonData['reasons'][number]>`
    SELECT n.slug AS newsletter, r.reason, r.comment, r.at
    FROM leaving_reasons r JOIN newsletters n ON n.id = r.newsletter_id
    WHERE r.subscriber_id = ${subscriberId} ORDER BY r.id`.execute(db);
  return rows;
}
