/** Exporting a newsletter's readers: the same columns that an import takes, so that people can move freely. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { SubscriptionState } from '../db/schema.ts';
import { csvLine } from './csv/guard.ts';

export interface ExportedSubscriber {
  email: string;
  name: string | null;
  language: string | null;
  attributes: Record<string, string>;
  state: SubscriptionState;
  /** Since when the state holds. */
  since: Date;
}

const PAGE = 1_000;

/** Pages in the order of subscribing; memory does not grow with the newsletter. */
export async function* exportSubscribers(
  db: Db,
  newsletterId: number,
  state: SubscriptionState,
): AsyncGenerator<ExportedSubscriber[]> {
  let last = 0;
  for (;;) {
    const { rows } = await sql<ExportedSubscriber & { id: number }>`
      SELECT s.id, p.email, p.name, p.language, p.attributes, s.state,
        coalesce(CASE s.state WHEN 'confirmed' THEN s.confirmed_at WHEN 'unsubscribed' THEN s.unsubscribed_at END,
          s.created_at) AS since
      FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
      WHERE s.newsletter_id = ${newsletterId} AND s.state = ${state} AND s.id > ${last}
      ORDER BY s.id LIMIT ${PAGE}`.execute(db);
    if (rows.length === 0) return;
    yield rows.map(({ id: _, ...subscriber }) => subscriber);
    last = rows.at(-1)?.id ?? last;
  }
}

/** As CSV: email, name, language, then every attribute that any of them has. UTF-8, CRLF. */
export async function* exportCsv(
  db: Db,
  newsletterId: number,
  state: SubscriptionState,
): AsyncGenerator<string> {
  const names = await attributeNames(db, newsletterId, state);
  yield csvLine(['email', 'name', 'language', ...names]);
  for await (const page of exportSubscribers(db, newsletterId, state))
    yield page
      .map(({ email, name, language, attributes }) =>
        csvLine([email, name ?? '', language ?? '', ...names.map((each) => attributes[each] ?? '')]),
      )
      .join('');
}

async function attributeNames(db: Db, newsletterId: number, state: SubscriptionState): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT DISTINCT a.name FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    CROSS JOIN LATERAL jsonb_object_keys(p.attributes) AS a(name)
    WHERE s.newsletter_id = ${newsletterId} AND s.state = ${state} AND p.attributes <> '{}'
    ORDER BY a.name`.execute(db);
  return rows.map(({ name }) => name);
}
