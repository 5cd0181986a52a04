import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { byEditor } from '../../src/issue/reason.ts';
import { recount, tally } from '../../src/ledger/counts.ts';
import { moveCanaries } from '../../src/sends/canary.ts';
import { finishIssue } from '../../src/sends/finish.ts';
import { pauseIssue } from '../../src/sends/pause.ts';
import { cancelIssue, resumeIssue } from '../../src/sends/resume-cancel.ts';
import { scheduleSending, unschedule } from '../../src/sends/schedule.ts';
import { type Canary, startSending } from '../../src/sends/start.ts';
import { addReaders, draftWithReaders, issueRow, plan } from '../delivery/fixtures.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

const wakeUps = { wake: async () => {} } as never;
const people = (n: number, waitSeconds: number | null = 1_800): Canary => ({
  first: { people: n },
  waitSeconds,
});

/** Started with this canary, and planned as far as it lets. */
async function started(readers: number, canary: Canary) {
  const { db } = database;
  const draft = await draftWithReaders(db, readers);
  await startSending(db, wakeUps, {} as never, { ...draft.order, canary });
  const issueId = draft.order.issueId;
  await plan(db, issueId);
  return { ...draft, issueId, row: () => issueRow(db, issueId) };
}

const planned = async (db: Db, issueId: number) => {
  const { rows } = await sql<{
    n: number;
  }>`SELECT count(*)::int AS n FROM deliveries WHERE issue_id = ${issueId}`.execute(db);
  return rows[0]!.n;
};

/** Every one of the canary gets its answer. */
const answer = (db: Db, issueId: number) =>
  sql`UPDATE deliveries SET attempts = 1, state = CASE WHEN id % 2 = 0 THEN 'accepted' ELSE 'deferred' END::delivery_state,
    due_at = CASE WHEN id % 2 = 0 THEN NULL ELSE clock_timestamp() END WHERE issue_id = ${issueId} AND state = 'planned'`.execute(
    db,
  );

const later = (db: Db, issueId: number, seconds: number) =>
  sql`UPDATE sends SET canary_settled_at = canary_settled_at - ${seconds}::int * interval '1 second' WHERE issue_id = ${issueId}`.execute(
    db,
  );

test('the first of the plan go first, also past suppressed ones, and nobody else is planned', async () => {
  const { db } = database;
  const draft = await draftWithReaders(db, 12);
  await sql`INSERT INTO suppressions (identity_hash, hash_kid, subscriber_id, reason, source)
    SELECT '\\x00', 'k', subscriber_id, 'by-hand', 'test' FROM subscriptions WHERE newsletter_id = ${draft.newsletterId} ORDER BY id LIMIT 2`.execute(
    db,
  );
  await startSending(db, wakeUps, {} as never, { ...draft.order, canary: people(5) });
  for (let n = 0; n < 3; n += 1) await plan(db, draft.order.issueId);
  expect(await planned(db, draft.order.issueId)).toBe(5);
  expect(await issueRow(db, draft.order.issueId)).toMatchObject({ plan_on_hold: true, plan_done: false });
});

test.each([
  [{ percent: 5 }, 40, 2],
  [{ percent: 1 }, 10, 1],
  [{ people: 50 }, 10, 10],
])('%j of %i people are %i', async (first, readers, wanted) => {
  const { db } = database;
  const { issueId, row } = await started(readers, { first, waitSeconds: 60 });
  expect(await planned(db, issueId)).toBe(wanted);
  expect((await row()).plan_done).toBe(wanted === readers);
});

test('the wait begins when all have an answer, and the same plan goes on after it: who confirmed meanwhile is not in it', async () => {
  const { db } = database;
  const { issueId, newsletterId, row } = await started(10, people(4));
  expect(await moveCanaries(db)).toMatchObject({ waiting: [] });
  await answer(db, issueId);
  expect((await moveCanaries(db)).waiting).toEqual([issueId]);
  expect(await finishIssue(db, issueId)).toBe(false);
  await addReaders(db, newsletterId, 10, 12);
  await later(db, issueId, 1_799);
  expect((await moveCanaries(db)).goingOn).toEqual([]);
  await later(db, issueId, 1);
  const looks = await Promise.all(Array.from({ length: 5 }, () => moveCanaries(db)));
  expect(looks.flatMap(({ goingOn }) => goingOn)).toEqual([issueId]);
  await plan(db, issueId);
  expect(await planned(db, issueId)).toBe(10);
  expect(await row()).toMatchObject({ plan_done: true, plan_on_hold: false, state: 'sending' });
  expect(await tally(db, issueId)).toEqual(await recount(db, issueId));
});

test.each([['quiet-hours'], ['throttled']])(
  'put off untried (%s) is no answer: the canary waits until everybody was tried',
  async (reason) => {
    const { db } = database;
    const { issueId } = await started(10, people(4));
    await sql`UPDATE deliveries SET state = 'deferred', reason = ${reason}, due_at = clock_timestamp() + interval '8 hours'
      WHERE id = (SELECT min(id) FROM deliveries WHERE issue_id = ${issueId})`.execute(db);
    await answer(db, issueId);
    expect((await moveCanaries(db)).waiting).not.toContain(issueId);
    await sql`UPDATE deliveries SET attempts = 1 WHERE issue_id = ${issueId}`.execute(db);
    expect((await moveCanaries(db)).waiting).toContain(issueId);
  },
);

test('paused meanwhile, by a person or a breaker, it does not go on by itself', async () => {
  const { db } = database;
  const { issueId } = await started(10, people(4));
  await answer(db, issueId);
  await moveCanaries(db);
  await pauseIssue(db, issueId, 'postrider', { code: 'breaker', detail: 'too many refusals' });
  await later(db, issueId, 3_600);
  expect((await moveCanaries(db)).goingOn).toEqual([]);
  await plan(db, issueId);
  expect(await planned(db, issueId)).toBe(4);
  await resumeIssue(db, issueId);
  expect((await moveCanaries(db)).goingOn).toEqual([issueId]);
});

test('one that asks pauses the send with its answers, and resume approves it', async () => {
  const { db } = database;
  const { issueId, row } = await started(10, people(4, null));
  await answer(db, issueId);
  expect((await moveCanaries(db)).asking).toEqual([issueId]);
  expect(await row()).toMatchObject({ state: 'paused', paused_by: 'postrider' });
  expect((await row()).reason).toMatch(/^canary: all of the first 4 have been tried/);
  expect(await resumeIssue(db, issueId)).toBe(true);
  expect(await row()).toMatchObject({
    state: 'sending',
    plan_on_hold: false,
    canary_over: true,
    reason: null,
  });
  await plan(db, issueId);
  expect(await planned(db, issueId)).toBe(10);
});

test('a pause before the answers is not approved by its resume', async () => {
  const { db } = database;
  const { issueId, row } = await started(10, people(4, null));
  await pauseIssue(db, issueId, 'editor', byEditor('look'));
  await resumeIssue(db, issueId);
  expect(await row()).toMatchObject({ state: 'sending', plan_on_hold: true, canary_over: false });
});

test('resume ends the wait of a canary early; a send without one has nothing to resume', async () => {
  const { db } = database;
  const { issueId, row } = await started(10, people(4));
  expect(await resumeIssue(db, issueId)).toBe(true);
  expect(await row()).toMatchObject({ plan_on_hold: false, canary_over: true });
  expect(await resumeIssue(db, issueId)).toBe(false);
});

test('cancelled in its wait, the others were never planned and never are', async () => {
  const { db } = database;
  const { issueId } = await started(10, people(4));
  await answer(db, issueId);
  await moveCanaries(db);
  expect(await cancelIssue(db, issueId)).toBe('cancelled');
  await later(db, issueId, 3_600);
  expect((await moveCanaries(db)).goingOn).toEqual([]);
  await plan(db, issueId);
  expect(await planned(db, issueId)).toBe(4);
});

test('a scheduled send that is taken back forgets its canary', async () => {
  const { db } = database;
  const { order } = await draftWithReaders(db, 3);
  await scheduleSending(db, { ...order, canary: people(2, null) }, { delaySeconds: 60 });
  expect(await issueRow(db, order.issueId)).toMatchObject({ canary_size: 2, canary_wait_seconds: null });
  expect(await unschedule(db, order.issueId)).toBe(true);
  await startSending(db, wakeUps, {} as never, order);
  await plan(db, order.issueId);
  expect(await planned(db, order.issueId)).toBe(3);
});
