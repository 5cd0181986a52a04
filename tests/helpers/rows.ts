/** Rows that tests begin with: each builder fills in what the schema asks for, and takes the columns that matter. */
import { type InsertObject, sql } from 'kysely';
import { readAddress } from '../../src/consent/identity.ts';
import type { Db } from '../../src/db/connection.ts';
import type { Database, DeliveryState, SubscriptionState } from '../../src/db/schema.ts';

type Columns<Table extends keyof Database> = Partial<InsertObject<Database, Table>>;

/** Newsletters and issues of one test file never share a slug. */
let slugs = 0;

/** Returns the id of the newsletter. */
export async function insertNewsletter(db: Db, columns: Columns<'newsletters'> = {}): Promise<number> {
  const defaults = { name: 'Weekly', from_name: 'Weekly', from_address: 'news@example.org' };
  const { id } = await db
    .insertInto('newsletters')
    .values({ slug: `weekly-${++slugs}`, ...defaults, ...columns })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A person with a subscription; returns their id. */
export async function insertSubscriber(
  db: Db,
  email: string,
  newsletterId: number,
  state: SubscriptionState = 'confirmed',
): Promise<number> {
  const { identity } = readAddress(email);
  const { id } = await db
    .insertInto('subscribers')
    .values({ identity, email })
    .returning('id')
    .executeTakeFirstOrThrow();
  const isOut = state === 'unsubscribed';
  await db
    .insertInto('subscriptions')
    .values({
      newsletter_id: newsletterId,
      subscriber_id: id,
      state,
      confirmed_at: state === 'confirmed' ? new Date() : null,
      unsubscribed_at: isOut ? new Date() : null,
      left_by: isOut ? 'reader' : null,
    })
    .execute();
  return id;
}

/** Confirmed subscribers in one statement; with `name` they are called `<name> 1` and so on. Returns their ids in order. */
export async function insertReaders(
  db: Db,
  newsletterId: number,
  emails: readonly string[],
  name: string | null = null,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    WITH people AS (
      INSERT INTO subscribers (identity, email, name)
      SELECT lower(email), email, ${name}::text || ' ' || n FROM unnest(${[...emails]}::text[]) WITH ORDINALITY AS r(email, n)
      ORDER BY n RETURNING id
    ), subscribed AS (
      INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${newsletterId}, id, 'confirmed', clock_timestamp() FROM people
    )
    SELECT id FROM people ORDER BY id`.execute(db);
  return rows.map((row) => row.id);
}

/** A draft, or with `send` an issue that was ordered; returns its id. */
export async function insertIssue(
  db: Db,
  newsletterId: number,
  columns: Columns<'issues'> = {},
  send: Columns<'sends'> | null = null,
): Promise<number> {
  const defaults = { title: 'One', language: 'en', source: '# One', source_name: 'one.md' };
  const { id } = await db
    .insertInto('issues')
    .values({ newsletter_id: newsletterId, slug: `issue-${++slugs}`, ...defaults, ...columns })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (send)
    await db
      .insertInto('sends')
      .values({ issue_id: id, ...send })
      .execute();
  return id;
}

/** A delivery to the subscriber by an issue of its own, which is in the middle of its send. */
export async function insertDelivery(
  db: Db,
  newsletterId: number,
  subscriberId: number,
  state: DeliveryState,
): Promise<{ issue: number; delivery: number }> {
  const issue = await insertIssue(db, newsletterId, { state: 'sending' }, {});
  const { rows } = await sql<{ delivery: number }>`
    INSERT INTO deliveries (issue_id, key, newsletter_id, subscriber_id, email, lane, state)
    SELECT ${issue}, identity, ${newsletterId}, id, email, 'other', ${state}
    FROM subscribers WHERE id = ${subscriberId} RETURNING id AS delivery`.execute(db);
  return { issue, delivery: rows[0]!.delivery };
}
