/** A newsletter with readers and a running issue, as rows; and the product's own statements on them. */
import { sql } from 'kysely';
import type { Db } from '../../src/db/connection.ts';
import type { DeliveryState } from '../../src/db/schema.ts';
import type { LaneTable } from '../../src/ledger/audience.ts';
import { markAndSettle, type Settle } from '../../src/ledger/mark-and-settle.ts';
import { planPage } from '../../src/ledger/plan.ts';

export const lanes: LaneTable = {
  domains: ['gmail.com', 'qq.com'],
  lanes: ['google', 'tencent'],
  other: 'other',
};

let made = 0;

/** Slugs are counted: many newsletters share the file's database. */
export async function makeNewsletter(db: Db, onUnknown: 'hold' | 'resend' = 'hold'): Promise<number> {
  made += 1;
  const { rows } = await sql<{ id: number }>`
    INSERT INTO newsletters (slug, name, from_name, from_address, on_unknown)
    VALUES (${`weekly-${made}`}, 'Weekly', 'Weekly', 'news@example.org', ${onUnknown}) RETURNING id`.execute(
    db,
  );
  return rows[0]!.id;
}

/** Confirmed readers `<prefix><n>@<domain>`; returns their subscriber ids in order. */
export async function makeReaders(
  db: Db,
  newsletterId: number,
  count: number,
  domain = 'example.org',
): Promise<number[]> {
  made += 1;
  const { rows } = await sql<{ id: number }>`
    WITH people AS (
      INSERT INTO subscribers (identity, email, name)
      SELECT 'r' || n || '-' || ${made}::text || '@' || ${domain}::text, 'R' || n || '-' || ${made}::text || '@' || ${domain}::text, 'Reader ' || n
      FROM generate_series(1, ${count}) n RETURNING id
    ), subscribed AS (
      INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${newsletterId}, id, 'confirmed', clock_timestamp() FROM people
    )
    SELECT id FROM people ORDER BY id`.execute(db);
  return rows.map((row) => row.id);
}

export async function makeIssue(db: Db, newsletterId: number): Promise<number> {
  made += 1;
  const { rows } = await sql<{ id: number }>`
    INSERT INTO issues (newsletter_id, slug, state, title, language, source, source_name, sending_since, served_at)
    VALUES (${newsletterId}, ${`issue-${made}`}, 'sending', 'One', 'en', '# One', 'one.md', clock_timestamp(), clock_timestamp())
    RETURNING id`.execute(db);
  return rows[0]!.id;
}

/** A planned issue with this many readers. */
export async function plannedIssue(
  db: Db,
  readers: number,
): Promise<{ issue: number; newsletter: number; people: number[] }> {
  const newsletter = await makeNewsletter(db);
  const people = await makeReaders(db, newsletter, readers);
  const issue = await makeIssue(db, newsletter);
  await planAll(db, issue);
  return { issue, newsletter, people };
}

export async function planAll(db: Db, issue: number, size = 5_000): Promise<number> {
  for (let planned = 0; ; ) {
    const page = await planPage(db, issue, lanes, size);
    planned += page.planned;
    if (page.done) return planned;
  }
}

export interface Row {
  id: number;
  key: string;
  state: DeliveryState;
  reason: string | null;
  fence: number;
  attempts: number;
  subscriber_id: number | null;
  due: boolean;
}

export async function rowsOf(db: Db, issue: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    SELECT id, key, state, reason, fence, attempts, subscriber_id, due_at IS NOT NULL AS due FROM deliveries
    WHERE issue_id = ${issue} ORDER BY id`.execute(db);
  return rows;
}

export const settle = (id: number, fence: number, more: Partial<Settle> = {}): Settle => ({
  id,
  fence,
  state: 'accepted',
  reason: null,
  reply: '250 ok',
  stage: 'dot',
  relay: 'test',
  counted: 1,
  dueInMs: null,
  ...more,
});

export const mark = async (db: Db, issue: number, worker: number, id: number, fence = 0): Promise<boolean> =>
  (await markAndSettle(db, issue, worker, [], [{ id, fence }])).marked.has(id);

export const store = async (db: Db, issue: number, worker: number, one: Settle): Promise<boolean> =>
  (await markAndSettle(db, issue, worker, [one], [])).settled.has(one.id);

/** What an unsubscribe writes beside the ledger. */
export async function leaveRow(db: Db, newsletter: number, subscriber: number): Promise<void> {
  await sql`UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = clock_timestamp(), left_by = 'reader'
    WHERE newsletter_id = ${newsletter} AND subscriber_id = ${subscriber}`.execute(db);
}
