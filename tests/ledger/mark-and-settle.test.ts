import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { NoticeName } from '../../src/db/schema.ts';
import { byEditor } from '../../src/issue/reason.ts';
import { markAndSettle } from '../../src/ledger/mark-and-settle.ts';
import { skipIneligible } from '../../src/ledger/moves/skip.ts';
import { planServiceMail, SERVICE } from '../../src/ledger/service-mail.ts';
import { settleUnmarked } from '../../src/ledger/settle-unmarked.ts';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import { pauseIssue } from '../../src/sends/pause.ts';
import { resumeIssue } from '../../src/sends/resume-cancel.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import {
  makeReaders,
  mark,
  plannedIssue,
  type Row,
  rowsOf,
  settle,
  store,
  writeUnsubscribe,
} from './fixtures.ts';
import { useWorker } from './use-worker.ts';

const { db, worker } = useWorker(60_000);

async function one() {
  const planned = await plannedIssue(db(), 1);
  const row = async (): Promise<Row> => (await rowsOf(db(), planned.issue))[0]!;
  return { ...planned, person: planned.people[0]!, id: (await row()).id, row };
}

const attemptsOf = async (issue: number) =>
  await db()
    .selectFrom('attempts')
    .select(['fence', 'outcome', 'stage', 'reply'])
    .where('issue_id', '=', issue)
    .orderBy('at')
    .execute();

test('a mark counts the fence up, once: the second asker finds the row moved', async () => {
  const { issue, id, row } = await one();
  const results = await Promise.all([1, 2, 3].map(() => mark(db(), issue, worker(), id)));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(await row()).toMatchObject({ state: 'handing', fence: 1 });
});

test('no mark while paused; after the resume there is one', async () => {
  const { issue, id } = await one();
  await pauseIssue(db(), issue, 'editor', byEditor('test'));
  expect(await mark(db(), issue, worker(), id)).toBe(false);
  await resumeIssue(db(), issue);
  expect(await mark(db(), issue, worker(), id)).toBe(true);
});

test('no mark for a worker whose lease ran out, by the clock of the database', async () => {
  const { issue, id } = await one();
  const late = await registerWorker(db(), 'late', -1);
  expect(await mark(db(), issue, late, id)).toBe(false);
  expect(await mark(db(), issue, 0, id)).toBe(false);
});

test('a settle with an older fence moves nothing', async () => {
  const { issue, id, row } = await one();
  await mark(db(), issue, worker(), id);
  await store(db(), issue, worker(), settle(id, 1, { state: 'planned', dueInMs: 0, counted: 0 }));
  await mark(db(), issue, worker(), id, 1);
  expect(await store(db(), issue, worker(), settle(id, 1, { state: 'refused' }))).toBe(false);
  expect(await row()).toMatchObject({ state: 'handing', fence: 2, attempts: 0 });
});

test('a settle stored twice counts one attempt', async () => {
  const { issue, id, row } = await one();
  await mark(db(), issue, worker(), id);
  const deferred = settle(id, 1, {
    state: 'deferred',
    reason: 'temporary',
    reply: '451 later',
    dueInMs: 1_000,
  });
  expect(await store(db(), issue, worker(), deferred)).toBe(true);
  expect(await store(db(), issue, worker(), deferred)).toBe(false);
  expect(await row()).toMatchObject({ state: 'deferred', attempts: 1, due: true });
  expect(await attemptsOf(issue)).toEqual([
    { fence: 1, outcome: 'deferred', stage: 'dot', reply: '451 later' },
  ]);
});

test('a reply after the doubt settles it: accepted, also when the row waits again', async () => {
  const { issue, id, row } = await one();
  await mark(db(), issue, worker(), id);
  await store(db(), issue, worker(), settle(id, 1, { state: 'unknown', reason: 'no-reply', reply: null }));
  await sql`UPDATE deliveries SET state = 'planned', due_at = now() WHERE issue_id = ${issue} AND id = ${id}`.execute(
    db(),
  );
  expect(await store(db(), issue, worker(), settle(id, 1))).toBe(true);
  expect(await row()).toMatchObject({ state: 'accepted', due: false, attempts: 2 });
});

test('one statement settles one delivery and marks the next', async () => {
  const { issue } = await plannedIssue(db(), 2);
  const [first, second] = (await rowsOf(db(), issue)).map((row) => row.id);
  await mark(db(), issue, worker(), first!);
  const done = await markAndSettle(db(), issue, worker(), [settle(first!, 1)], [{ id: second!, fence: 0 }]);
  expect([done.settled.has(first!), done.marked.has(second!)]).toEqual([true, true]);
  expect((await rowsOf(db(), issue)).map((row) => row.state)).toEqual(['accepted', 'handing']);
});

test('no mark for an issue that has expired meanwhile', async () => {
  const { issue } = await plannedIssue(db(), 2);
  const [first, second] = (await rowsOf(db(), issue)).map((row) => row.id);
  const expires = (when: string) =>
    sql`UPDATE sends SET expires_at = clock_timestamp() + ${when}::interval WHERE issue_id = ${issue}`.execute(
      db(),
    );
  await expires('1 hour');
  expect(await mark(db(), issue, worker(), first!)).toBe(true);
  await expires('-1 second');
  expect(await mark(db(), issue, worker(), second!)).toBe(false);
});

test('of a group of which some were moved meanwhile, it tells which were not', async () => {
  const { issue } = await plannedIssue(db(), 4);
  const [a, b, c, d] = (await rowsOf(db(), issue)).map((row) => row.id);
  await mark(db(), issue, worker(), a!);
  const done = await markAndSettle(
    db(),
    issue,
    worker(),
    [settle(a!, 1), settle(b!, 1)],
    [c!, d!].map((id, fence) => ({ id, fence })),
  );
  expect([a!, b!].map((id) => done.settled.has(id))).toEqual([true, false]);
  expect([c!, d!].map((id) => done.marked.has(id))).toEqual([true, false]);
});

test.each([
  ['unsubscribed', 'unsubscribed'],
  ['suppressed', 'bounce'],
  ['erased', 'erased'],
])('on a retry no mark for somebody %s meanwhile, and the row is skipped: %s', async (how, reason) => {
  const { issue, id, person, newsletter, row } = await one();
  await mark(db(), issue, worker(), id);
  if (how === 'unsubscribed') await writeUnsubscribe(db(), newsletter, person);
  if (how === 'erased') await sql`DELETE FROM subscribers WHERE id = ${person}`.execute(db());
  if (how === 'suppressed')
    await sql`INSERT INTO suppressions (identity_hash, hash_kid, subscriber_id, reason, source) VALUES ('x', 'k', ${person}, 'bounce', 'dsn')`.execute(
      db(),
    );
  await store(db(), issue, worker(), settle(id, 1, { state: 'deferred', dueInMs: 0 }));
  expect(await mark(db(), issue, worker(), id, 1)).toBe(false);
  await skipIneligible(db(), issue, [id]);
  expect(await row()).toMatchObject({ state: 'skipped', reason, due: false });
});

test('a person who is still there is not skipped for a refused mark', async () => {
  const { issue, id, row } = await one();
  await skipIneligible(db(), issue, [id]);
  expect(await row()).toMatchObject({ state: 'planned' });
});

test('a confirmation goes to pending people only', async () => {
  const newsletter = await insertNewsletter(db());
  const [person] = await makeReaders(db(), newsletter, 1);
  const subscription = await db()
    .selectFrom('subscriptions')
    .selectAll()
    .where('subscriber_id', '=', person!)
    .executeTakeFirstOrThrow();
  const mail = await db()
    .transaction()
    .execute((trx) =>
      planServiceMail(trx, {
        kind: 'confirmation',
        key: 'c1',
        newsletterId: newsletter,
        subscriberId: person!,
        subscriptionId: subscription.id,
        email: 'r@example.org',
      }),
    );
  expect(await mark(db(), SERVICE, worker(), mail!.id)).toBe(false);
  await sql`UPDATE subscriptions SET state = 'pending' WHERE id = ${subscription.id}`.execute(db());
  expect(await mark(db(), SERVICE, worker(), mail!.id)).toBe(true);
});

test('a notice goes to whom it is meant for: "you already read this" to readers, a data link to anyone we know', async () => {
  const newsletterId = await insertNewsletter(db());
  const [person] = await makeReaders(db(), newsletterId, 1);
  const subscriberId = person!;
  const { id: subscriptionId } = await db()
    .selectFrom('subscriptions')
    .select('id')
    .where('subscriber_id', '=', subscriberId)
    .executeTakeFirstOrThrow();
  const to = { newsletterId, subscriberId, subscriptionId, email: 'r@example.org' };
  const plan = async (notice: NoticeName, key: string) =>
    (await db()
      .transaction()
      .execute((trx) => planServiceMail(trx, { kind: 'notice', notice, key, ...to })))!.id;
  const may = async (notice: NoticeName, key: string) =>
    mark(db(), SERVICE, worker(), await plan(notice, key));
  expect(await may('already-reader', 'a')).toBe(true);
  await sql`UPDATE subscriptions SET state = 'unsubscribed' WHERE id = ${subscriptionId}`.execute(db());
  const late = await plan('already-reader', 'b');
  expect(await mark(db(), SERVICE, worker(), late)).toBe(false);
  await skipIneligible(db(), SERVICE, [late]);
  expect((await rowsOf(db(), SERVICE)).find((row) => row.id === late)).toMatchObject({
    state: 'skipped',
    reason: 'unsubscribed',
  });
  expect(await may('data-link', 'a'), 'who left may still see their data').toBe(true);
  await sql`INSERT INTO suppressions (identity_hash, hash_kid, subscriber_id, reason, source)
    VALUES ('x', 'k', ${subscriberId}, 'not-me', 'test')`.execute(db());
  expect(await may('data-link', 'b')).toBe(false);
});

test('what the relay answered before a mark moves a waiting row, and no other', async () => {
  const { issue, id, row } = await one();
  await settleUnmarked(
    db(),
    issue,
    settle(id, 0, { state: 'refused', reason: 'content', reply: '552 too big', stage: 'rcpt' }),
  );
  const refused = { state: 'refused', reason: 'content', attempts: 1 };
  expect(await row()).toMatchObject(refused);
  await settleUnmarked(db(), issue, settle(id, 0, { state: 'deferred', dueInMs: 1 }));
  expect(await row()).toMatchObject(refused);
});

test.each([
  ['a try that counts', { stage: null, counted: 1 as const }, 1],
  ['a throttle, which does not count but was tried', { stage: 'rcpt', counted: 0 as const }, 1],
  ['what was put off without a try', { stage: null, counted: 0 as const }, 0],
])('among the attempts stands what was tried: %s', async (_name, attempt, attempts) => {
  const { issue, id } = await one();
  await settleUnmarked(db(), issue, settle(id, 0, { state: 'deferred', dueInMs: 1, ...attempt }));
  const { rows } = await sql`SELECT 1 FROM attempts WHERE issue_id = ${issue}`.execute(db());
  expect(rows.length).toBe(attempts);
});
