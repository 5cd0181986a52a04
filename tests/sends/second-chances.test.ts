import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { catchUpPage } from '../../src/ledger/catch-up.ts';
import { recount, tally } from '../../src/ledger/counts.ts';
import { builtInLanes } from '../../src/ledger/lanes/lanes.ts';
import { retryRefused } from '../../src/ledger/retry-refused.ts';
import { PLAN_LOCK } from '../../src/ledger/unsubscribe-guard.ts';
import { catchUp } from '../../src/sends/catch-up.ts';
import { finishIssue } from '../../src/sends/finish.ts';
import { startSending } from '../../src/sends/start.ts';
import { addReaders, draftWithReaders, issueRow, plan } from '../delivery/fixtures.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

/** Sent to `readers` people, all of them accepted. */
async function sent(readers: number, catchUpSeconds: number | null) {
  const { db } = database;
  const draft = await draftWithReaders(db, readers);
  const wakeUps = { wake: async () => {} } as never;
  await startSending(db, wakeUps, {} as never, { ...draft.order, catchUpSeconds });
  const issueId = draft.order.issueId;
  await plan(db, issueId);
  await settleAll(db, issueId);
  return { ...draft, issueId };
}

async function settleAll(db: Db, issueId: number): Promise<void> {
  await sql`UPDATE deliveries SET state = 'accepted', due_at = NULL, fence = fence + 1
    WHERE issue_id = ${issueId} AND state = 'planned'`.execute(db);
  expect(await finishIssue(db, issueId)).toBe(true);
}

const rows = (db: Db, issueId: number) =>
  db.selectFrom('deliveries').selectAll().where('issue_id', '=', issueId).orderBy('id').execute();

test('who confirms within the hours of catch-up is planned once, due at once, and the sent issue goes on', async () => {
  const { db } = database;
  const { issueId, newsletterId } = await sent(3, 3_600);
  const { sent_at } = await issueRow(db, issueId);
  expect(await catchUp(db)).toEqual(new Map());
  await addReaders(db, newsletterId, 3, 5);
  const looks = await Promise.all(Array.from({ length: 6 }, () => catchUp(db)));
  expect(looks.map((late) => late.get(issueId) ?? 0).reduce((a, b) => a + b)).toBe(2);
  expect(await issueRow(db, issueId)).toMatchObject({ state: 'sending', sent_at });
  const late = (await rows(db, issueId)).slice(3);
  expect(late.map(({ state, due_at }) => [state, due_at !== null])).toEqual([
    ['planned', true],
    ['planned', true],
  ]);
  await settleAll(db, issueId);
  expect(await issueRow(db, issueId)).toMatchObject({ state: 'sent', sent_at });
  expect(await catchUp(db)).toEqual(new Map());
  expect(await tally(db, issueId)).toEqual(await recount(db, issueId));
});

test('who confirms later, or is suppressed, or without catch-up, is not planned', async () => {
  const { db } = database;
  const without = await sent(1, null);
  const late = await sent(1, 60);
  const suppressed = await sent(1, 60);
  for (const { newsletterId } of [without, late, suppressed]) await addReaders(db, newsletterId, 1, 2);
  await sql`UPDATE subscriptions SET confirmed_at = clock_timestamp() + interval '61 seconds'
    WHERE newsletter_id = ${late.newsletterId} AND confirmed_at > (SELECT plan_moment FROM sends WHERE issue_id = ${late.issueId})`.execute(
    db,
  );
  await sql`INSERT INTO suppressions (identity_hash, hash_kid, subscriber_id, reason, source)
    SELECT '\\x00', 'k', subscriber_id, 'by-hand', 'test' FROM subscriptions WHERE newsletter_id = ${suppressed.newsletterId}`.execute(
    db,
  );
  expect(await catchUp(db)).toEqual(new Map());
});

test('who left after the send and confirms again within the hours keeps the row that there is', async () => {
  const { db } = database;
  const { issueId, newsletterId } = await sent(2, 3_600);
  await sql`UPDATE subscriptions SET confirmed_at = clock_timestamp() WHERE newsletter_id = ${newsletterId}`.execute(
    db,
  );
  expect(await catchUp(db)).toEqual(new Map());
  expect((await rows(db, issueId)).map(({ state }) => state)).toEqual(['accepted', 'accepted']);
});

test('a second try moves the refused, but no bad address and nobody who left; the same rows, the issue goes on', async () => {
  const { db } = database;
  const { issueId } = await sent(6, null);
  const before = await rows(db, issueId);
  const reasons = ['policy', 'policy', 'content', 'address', 'policy', null];
  for (const [at, reason] of reasons.entries())
    if (reason)
      await sql`UPDATE deliveries SET state = 'refused', reason = ${reason}, first_attempt_at = clock_timestamp() - interval '3 days'
        WHERE issue_id = ${issueId} AND id = ${before[at]!.id}`.execute(db);
  await sql`UPDATE subscriptions SET state = 'unsubscribed' WHERE id = ${before[1]!.subscription_id}`.execute(
    db,
  );
  expect(await retryRefused(db, issueId, ['policy'])).toEqual({ moved: 2, lanes: ['other'] });
  const after = await rows(db, issueId);
  expect(after.map(({ state }) => state)).toEqual([
    'planned',
    'refused',
    'refused',
    'refused',
    'planned',
    'accepted',
  ]);
  expect(after[0]).toMatchObject({ id: before[0]!.id, first_attempt_at: null, fence: before[0]!.fence });
  expect(await issueRow(db, issueId)).toMatchObject({ state: 'sending' });
  expect((await retryRefused(db, issueId)).moved).toBe(1);
  expect(await tally(db, issueId)).toEqual(await recount(db, issueId));
});

test('nobody who leaves waits while the refused, and those who came late, are looked for', async () => {
  const { db } = database;
  const { issueId } = await sent(3, 3_600);
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock_shared(${PLAN_LOCK})`.execute(trx);
    expect(await retryRefused(db, issueId)).toEqual({ moved: 0, lanes: [] });
    expect(await catchUpPage(db, { id: issueId, who: 'after-the-send' }, builtInLanes, 0)).toEqual({
      planned: 0,
      last: null,
    });
  });
});

test('a cancelled issue gets no second try', async () => {
  const { db } = database;
  const { issueId } = await sent(1, null);
  await sql`UPDATE deliveries SET state = 'refused', reason = 'policy' WHERE issue_id = ${issueId}`.execute(
    db,
  );
  await sql`UPDATE issues SET state = 'cancelled' WHERE id = ${issueId}`.execute(db);
  expect((await retryRefused(db, issueId)).moved).toBe(0);
});

test('new readers get the latest issue once, as its own delivery, where the newsletter says so', async () => {
  const { db } = database;
  const { issueId, newsletterId } = await sent(2, null);
  await addReaders(db, newsletterId, 2, 3);
  expect((await catchUp(db)).get(issueId), 'it is off').toBeUndefined();
  await sql`UPDATE newsletters SET latest_issue_since = clock_timestamp() WHERE id = ${newsletterId}`.execute(
    db,
  );
  await addReaders(db, newsletterId, 3, 6);
  expect((await catchUp(db)).get(issueId), 'nobody asked by a form').toBeUndefined();
  await sql`UPDATE subscriptions SET request_key = 1 WHERE newsletter_id = ${newsletterId}`.execute(db);
  const looks = await Promise.all(Array.from({ length: 4 }, () => catchUp(db)));
  expect(
    looks.map((late) => late.get(issueId) ?? 0).reduce((a, b) => a + b),
    'only who came since',
  ).toBe(3);
  expect(await issueRow(db, issueId)).toMatchObject({ state: 'sending' });
  await settleAll(db, issueId);
  expect((await catchUp(db)).get(issueId), 'never a second one').toBeUndefined();
  expect(await rows(db, issueId)).toHaveLength(5);
  expect(await tally(db, issueId)).toEqual(await recount(db, issueId));
});
