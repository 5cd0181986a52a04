import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { audience, tally } from '../../src/ledger/counts.ts';
import { planPage } from '../../src/ledger/plan.ts';
import { lockAgainstPlanning, skipWaitingFor } from '../../src/ledger/unsubscribe-guard.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { until } from '../helpers/until.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { lanes, makeIssue, makeReaders, planAll, rowsOf, writeUnsubscribe } from './fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

async function confirmedReaders(readers: number) {
  const newsletter = await insertNewsletter(db());
  const people = await makeReaders(db(), newsletter, readers);
  return { newsletter, people, issue: await makeIssue(db(), newsletter) };
}

test('everybody confirmed gets one row, page by page, and a closed plan plans nothing more', async () => {
  const { issue } = await confirmedReaders(7);
  expect(await planPage(db(), issue, lanes, 3)).toEqual({ planned: 3, lanes: ['other'], done: false });
  expect(await planAll(db(), issue, 3)).toBe(4);
  expect(await planPage(db(), issue, lanes, 3)).toEqual({ planned: 0, lanes: [], done: true });
  expect(await rowsOf(db(), issue)).toHaveLength(7);
});

test('a row stands in the lane of its mailbox provider, also in a spelling of its own', async () => {
  const { issue, newsletter } = await confirmedReaders(1);
  await makeReaders(db(), newsletter, 2, 'gmail.com');
  await makeReaders(db(), newsletter, 1, 'qq.com');
  expect((await planPage(db(), issue, lanes, 10)).lanes.sort()).toEqual(['google', 'other', 'tencent']);
});

test('pending, unsubscribed and suppressed people are left out; a suppression of another newsletter or a past one is not', async () => {
  const { issue, newsletter, people } = await confirmedReaders(6);
  const other = await insertNewsletter(db());
  const suppress = (person: number, scope: number | null, until: string | null) =>
    sql`
    INSERT INTO suppressions (identity_hash, hash_kid, subscriber_id, newsletter_id, reason, source, until)
    VALUES ('x', 'k', ${person}, ${scope}, 'by-hand', 'test', ${until}::timestamptz)`.execute(db());
  await writeUnsubscribe(db(), newsletter, people[0]!);
  await sql`UPDATE subscriptions SET state = 'pending' WHERE subscriber_id = ${people[1]}`.execute(db());
  await suppress(people[2]!, null, null);
  await suppress(people[3]!, newsletter, '2100-01-01');
  await suppress(people[4]!, other, null);
  await suppress(people[5]!, null, '2001-01-01');
  await planAll(db(), issue);
  expect((await rowsOf(db(), issue)).map((row) => row.subscriber_id)).toEqual([people[4], people[5]]);
});

test('who was confirmed by T in a transaction that commits late is found at the close, and is due; who came after T is not', async () => {
  const { issue, newsletter, people } = await confirmedReaders(4);
  await sql`UPDATE subscriptions SET state = 'pending' WHERE subscriber_id = ${people[0]}`.execute(db());
  await planPage(db(), issue, lanes, 2);
  await sql`UPDATE subscriptions SET state = 'confirmed', confirmed_at = clock_timestamp() - interval '1 hour'
    WHERE subscriber_id = ${people[0]}`.execute(db());
  const [late] = await makeReaders(db(), newsletter, 1);
  await planAll(db(), issue, 2);
  const rows = await rowsOf(db(), issue);
  expect(rows.map((row) => row.subscriber_id)).toEqual([people[1], people[2], people[3], people[0]]);
  expect(rows.at(-1)).toMatchObject({ due: true });
  expect(rows.map((row) => row.subscriber_id)).not.toContain(late);
});

test('a plan is closed page by page, too: one transaction never looks at more people than a page has', async () => {
  const { issue, people } = await confirmedReaders(7);
  await sql`UPDATE subscriptions SET state = 'pending' WHERE subscriber_id = ${people[5]}`.execute(db());
  const pages = [await planPage(db(), issue, lanes, 3), await planPage(db(), issue, lanes, 3)];
  await sql`UPDATE subscriptions SET state = 'confirmed' WHERE subscriber_id = ${people[5]}`.execute(db());
  while (!pages.at(-1)!.done) pages.push(await planPage(db(), issue, lanes, 3));
  expect(pages.map(({ planned }) => planned)).toEqual([3, 3, 0, 1, 0]);
  expect((await rowsOf(db(), issue)).map((row) => row.subscriber_id).sort()).toEqual(people);
});

test('who leaves never waits for a planner that waits for its issue', async () => {
  const { issue, newsletter, people } = await confirmedReaders(3);
  let planning: Promise<unknown> = Promise.resolve();
  await db()
    .transaction()
    .execute(async (trx) => {
      await sql`SELECT 1 FROM issues WHERE id = ${issue} FOR UPDATE`.execute(trx);
      planning = planAll(db(), issue);
      await until('the planner waits for the issue', waitsForTheIssue);
      await db()
        .transaction()
        .execute(async (leaving) => {
          await lockAgainstPlanning(leaving);
          await writeUnsubscribe(leaving, newsletter, people[0]!);
        });
    });
  expect(await planning).toBe(2);
});

async function waitsForTheIssue(): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%issues%'`.execute(db());
  return rows.length > 0;
}

test('two planners at once write each person once', async () => {
  const { issue } = await confirmedReaders(60);
  const planned = await Promise.all([1, 2, 3, 4].map(() => planAll(db(), issue, 7)));
  expect(planned.reduce((sum, n) => sum + n)).toBe(60);
  const rows = await rowsOf(db(), issue);
  expect(new Set(rows.map((row) => row.key)).size).toBe(60);
  expect(rows).toHaveLength(60);
});

test('who leaves while a page is written is either skipped or not in it, never waiting', async () => {
  const { issue, newsletter, people } = await confirmedReaders(40);
  const leaving = people.filter((_, n) => n % 4 === 0);
  const unsubscribe = (person: number) =>
    db()
      .transaction()
      .execute(async (trx) => {
        await lockAgainstPlanning(trx);
        await writeUnsubscribe(trx, newsletter, person);
        await skipWaitingFor(trx, { subscriberId: person, newsletterId: newsletter }, 'unsubscribed');
      });
  await Promise.all([planAll(db(), issue, 5), planAll(db(), issue, 5), ...leaving.map(unsubscribe)]);
  const rows = await rowsOf(db(), issue);
  const theirs = rows.filter((row) => leaving.includes(row.subscriber_id!));
  expect(theirs.filter((row) => row.state !== 'skipped')).toEqual([]);
  expect(rows.filter((row) => row.state === 'planned')).toHaveLength(30);
});

test('a cancelled issue is planned no further', async () => {
  const { issue } = await confirmedReaders(5);
  await planPage(db(), issue, lanes, 2);
  await sql`UPDATE issues SET state = 'cancelled' WHERE id = ${issue}`.execute(db());
  expect(await planPage(db(), issue, lanes, 2)).toEqual({ planned: 0, lanes: [], done: true });
});

test('10,000 people are planned in pages, and the tally knows them all', async () => {
  const { issue } = await confirmedReaders(10_000);
  expect(await planAll(db(), issue, 3_000)).toBe(10_000);
  expect(audience(await tally(db(), issue))).toBe(10_000);
});
