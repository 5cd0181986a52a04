import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { addressees } from '../../src/ledger/audience.ts';
import { countAudience } from '../../src/sends/start.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { lanes, makeIssue, makeReaders, planAll, rowsOf } from './fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;
let newsletter: number;
let people: number[];

beforeEach(async () => {
  newsletter = await insertNewsletter(db());
  people = await makeReaders(db(), newsletter, 3);
});

const choose = (person: number, frequency: string, pausedUntil: string | null = null) =>
  sql`UPDATE subscriptions SET frequency = ${frequency}, paused_until = ${pausedUntil}::timestamptz
    WHERE subscriber_id = ${person}`.execute(db());

/** Sends an issue as if at that time, and returns who it was planned for. */
async function sendAt(time: string | null): Promise<number[]> {
  const issue = await makeIssue(db(), newsletter);
  const high = sql`(SELECT max(id) FROM subscriptions)`;
  if (time !== null) {
    await sql`UPDATE subscriptions SET confirmed_at = '2026-01-01' WHERE newsletter_id = ${newsletter}`.execute(
      db(),
    );
    await sql`UPDATE sends SET plan_moment = ${time}::timestamptz, plan_high = ${high} WHERE issue_id = ${issue}`.execute(
      db(),
    );
  }
  await planAll(db(), issue, 2);
  return (await rowsOf(db(), issue)).map((row) => row.subscriber_id!);
}

const [each, first, other] = [() => people[0]!, () => people[1]!, () => people[2]!];

test('each issue, or only the first of each month', async () => {
  await choose(first(), 'first');
  await choose(other(), 'first');
  expect(await sendAt('2026-03-02T08:00Z')).toEqual([each(), first(), other()]);
  expect(await sendAt('2026-03-09T08:00Z')).toEqual([each()]);
  expect(await sendAt('2026-04-06T08:00Z')).toEqual([each(), first(), other()]);
});

test("the month is the newsletter's", async () => {
  await sql`UPDATE newsletters SET timezone = 'Asia/Shanghai' WHERE id = ${newsletter}`.execute(db());
  await choose(first(), 'first');
  expect(await sendAt('2026-03-02T08:00Z')).toContain(first());
  expect(await sendAt('2026-03-31T15:00Z'), 'an hour before midnight').not.toContain(first());
  expect(await sendAt('2026-03-31T17:00Z'), 'April in Shanghai').toContain(first());
});

test('what they never got is not their first, another newsletter is not either', async () => {
  await choose(first(), 'first');
  expect(await sendAt('2026-03-02T08:00Z')).toContain(first());
  await sql`UPDATE deliveries SET state = 'skipped', reason = 'cancelled' WHERE subscriber_id = ${first()}`.execute(
    db(),
  );
  expect(await sendAt('2026-03-03T08:00Z')).toContain(first());
  const elsewhere = await insertNewsletter(db());
  await sql`INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at, frequency)
    VALUES (${elsewhere}, ${first()}, 'confirmed', '2026-01-01', 'first')`.execute(db());
  newsletter = elsewhere;
  expect(await sendAt('2026-03-04T08:00Z')).toEqual([first()]);
});

test('a pause ends by itself', async () => {
  await choose(each(), 'each', '2026-03-05T00:00Z');
  expect(await sendAt('2026-03-02T08:00Z')).not.toContain(each());
  expect(await sendAt('2026-03-09T08:00Z')).toContain(each());
});

test('an issue whose ledger was compacted still was the first of its month', async () => {
  await choose(first(), 'first');
  await sendAt('2026-03-02T08:00Z');
  await sql`UPDATE deliveries SET key = 'gone ' || id WHERE newsletter_id = ${newsletter}`.execute(db());
  await sql`UPDATE issues SET state = 'sent', compacting_since = now() WHERE newsletter_id = ${newsletter}`.execute(
    db(),
  );
  expect(await sendAt('2026-03-09T08:00Z')).not.toContain(first());
});

test('who is counted and who is listed in a dry run are those who will be planned', async () => {
  await choose(first(), 'first');
  await choose(other(), 'each', '2100-01-01');
  const counted = async () => {
    const listed: number[] = [];
    for await (const page of addressees(db(), newsletter, lanes))
      listed.push(...page.map((p) => p.subscriberId));
    expect(listed).toHaveLength(await countAudience(db(), newsletter));
    return listed;
  };
  expect(await counted()).toEqual([each(), first()]);
  expect(await sendAt(null)).toEqual([each(), first()]);
  expect(await counted()).toEqual([each()]);
});
