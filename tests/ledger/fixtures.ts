/** A running issue with readers, as rows, and the product's own statements on them. */
import { sql } from 'kysely';
import type { Db } from '../../src/db/connection.ts';
import type { DeliveryState } from '../../src/db/schema.ts';
import type { LaneTable } from '../../src/ledger/audience.ts';
import { markAndSettle, type Settle } from '../../src/ledger/mark-and-settle.ts';
import { planPage } from '../../src/ledger/plan.ts';
import { insertIssue, insertNewsletter, insertReaders } from '../helpers/rows.ts';

export const lanes: LaneTable = {
  domains: ['gmail.com', 'qq.com'],
  lanes: ['google', 'tencent'],
  other: 'other',
};

let batches = 0;

/** Confirmed readers of one domain; returns their subscriber ids in order. */
export function makeReaders(
  db: Db,
  newsletterId: number,
  count: number,
  domain = 'example.org',
): Promise<number[]> {
  batches += 1;
  const emails = Array.from({ length: count }, (_, at) => `R${at + 1}-${batches}@${domain}`);
  return insertReaders(db, newsletterId, emails, 'Reader');
}

export const makeIssue = (db: Db, newsletterId: number): Promise<number> =>
  insertIssue(
    db,
    newsletterId,
    { state: 'sending' },
    { sending_since: sql`clock_timestamp()`, served_at: sql`clock_timestamp()` },
  );

/** A planned issue with this many readers. */
export async function plannedIssue(
  db: Db,
  readers: number,
): Promise<{ issue: number; newsletter: number; people: number[] }> {
  const newsletter = await insertNewsletter(db);
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
export async function writeUnsubscribe(db: Db, newsletter: number, subscriber: number): Promise<void> {
  await sql`UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = clock_timestamp(), left_by = 'reader'
    WHERE newsletter_id = ${newsletter} AND subscriber_id = ${subscriber}`.execute(db);
}
