import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { byEditor } from '../../src/issue/reason.ts';
import { sampleLanes } from '../../src/ledger/lanes/progress.ts';
import { pauseIssue } from '../../src/sends/pause.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { makeIssue, makeReaders, planAll } from '../ledger/fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

/** Forty readers, thirty at google and ten elsewhere, sent through `main`. */
async function sending(): Promise<number> {
  const newsletter = await insertNewsletter(db());
  await makeReaders(db(), newsletter, 30, 'gmail.com');
  await makeReaders(db(), newsletter, 10);
  const issue = await makeIssue(db(), newsletter);
  await sql`UPDATE sends SET route = 'main:3,spare' WHERE issue_id = ${issue}`.execute(db());
  await planAll(db(), issue);
  return issue;
}

const move = (issue: number, lane: string, count: number, state: string, dueSeconds: number | null = null) =>
  sql`UPDATE deliveries SET state = ${state}::delivery_state,
      due_at = clock_timestamp() + ${dueSeconds}::float8 * interval '1 second'
    WHERE issue_id = ${issue} AND id = ANY(ARRAY(SELECT id FROM deliveries
      WHERE issue_id = ${issue} AND lane = ${lane} AND state = 'planned' ORDER BY id LIMIT ${count}))`.execute(
    db(),
  );

/** The samples taken so far, as if they had been taken that long ago. */
const ago = (issue: number, seconds: number) =>
  sql`UPDATE lane_samples SET at = at - ${seconds}::float8 * interval '1 second' WHERE issue_id = ${issue}`.execute(
    db(),
  );

const lanesOf = async (issue: number) =>
  new Map((await issueStatus(db(), issue)).lanes.map((lane) => [lane.lane, lane]));

test('each lane has its own numbers, rate and time left, and the slowest tells for all', async () => {
  const issue = await sending();
  await sampleLanes(db(), 10_000);
  await ago(issue, 10);
  await move(issue, 'google', 10, 'accepted');
  await move(issue, 'other', 5, 'accepted');
  const status = await issueStatus(db(), issue);
  expect(status.lanes).toMatchObject([
    {
      lane: 'google',
      audience: 30,
      accepted: 10,
      waiting: 20,
      deferred: 0,
      rate: 1,
      eta: expect.closeTo(20, -1),
    },
    { lane: 'other', audience: 10, accepted: 5, waiting: 5, rate: 0.5, eta: expect.closeTo(10, -1) },
  ]);
  expect(status).toMatchObject({ rate: 1.5, eta: status.lanes[0]!.eta, planned: true });
  expect(status.counts).toMatchObject({ audience: 40, accepted: 15, waiting: 25 });
});

test('retries are waited for, and tried on top', async () => {
  const issue = await sending();
  await sampleLanes(db(), 10_000);
  await ago(issue, 10);
  await move(issue, 'other', 5, 'accepted');
  await move(issue, 'other', 5, 'deferred', 600);
  const { eta, deferred } = (await lanesOf(issue)).get('other')!;
  expect(deferred).toBe(5);
  expect(eta).toBeGreaterThan(600);
  expect(eta).toBeLessThan(630);
});

test.each(['held', 'paused', 'growing', 'stalled', 'young', 'limited'])(
  'nobody can tell of a send that is %s',
  async (how) => {
    const issue = await sending();
    await sampleLanes(db(), 10_000);
    if (how !== 'young') await ago(issue, 10);
    if (how !== 'stalled') for (const lane of ['google', 'other']) await move(issue, lane, 5, 'accepted');
    if (how === 'paused') await pauseIssue(db(), issue, 'editor', byEditor('wait'));
    if (how === 'growing')
      await sql`UPDATE sends SET plan_done = false WHERE issue_id = ${issue}`.execute(db());
    if (how === 'limited')
      await sql`UPDATE sends SET waits_for = 'quiet hours', waits_until = clock_timestamp() + interval '1 hour' WHERE issue_id = ${issue}`.execute(
        db(),
      );
    if (how === 'held')
      await sql`INSERT INTO lane_states (relay, lane, version, held_until) SELECT relay, 'google', 1, clock_timestamp() + interval '1 hour' FROM unnest(ARRAY['main', 'spare']) relay`.execute(
        db(),
      );
    const status = await issueStatus(db(), issue);
    expect(status.eta).toBeNull();
    expect(status.lanes.find(({ lane }) => lane === 'google')!.eta).toBeNull();
    if (how === 'held') {
      const lanes = await lanesOf(issue);
      expect(lanes.get('google')!.heldUntil).not.toBeNull();
      expect(lanes.get('other')).toMatchObject({ heldUntil: null, eta: expect.any(Number) });
      await sql`DELETE FROM lane_states`.execute(db());
    }
    if (how === 'limited')
      expect(status).toMatchObject({ waitsFor: 'quiet hours', waitsUntil: expect.any(String) });
  },
);

test('many sweepers take one sample in a while, and none of a send that is over', async () => {
  const issue = await sending();
  const over = await sending();
  await sql`UPDATE issues SET state = 'sent' WHERE id = ${over}`.execute(db());
  for (let n = 0; n < 3; n += 1) await sampleLanes(db(), 10_000);
  const count = async (id: number) =>
    (await db().selectFrom('lane_samples').selectAll().where('issue_id', '=', id).execute()).length;
  expect([await count(issue), await count(over)]).toEqual([2, 0]);
  await ago(issue, 301);
  await sampleLanes(db(), 10_000);
  expect(await count(issue)).toBe(2);
});
