import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { markAndSettle } from '../../src/ledger/mark-and-settle.ts';
import { endResendsByKey, resendByKey, sendsWithHeldUnknowns } from '../../src/ledger/resend-by-key.ts';
import { settleUnknown } from '../../src/ledger/unknown-outcomes.ts';
import { mark, plannedIssue, rowsOf, settle, store } from './fixtures.ts';
import { useWorker } from './use-worker.ts';

const { db, worker } = useWorker(60_000);
const DAY_MS = 24 * 3_600_000;
const BY = { relay: 'main', keyMs: DAY_MS };

/** All of its deliveries are unknown at the relay `main`. */
async function unknownIssue(people = 1) {
  const planned = await plannedIssue(db(), people);
  for (const row of await rowsOf(db(), planned.issue)) {
    await mark(db(), planned.issue, worker(), row.id);
    await store(
      db(),
      planned.issue,
      worker(),
      settle(row.id, 1, { state: 'unknown', reason: 'no-reply', relay: 'main' }),
    );
  }
  return planned;
}

const resend = (issueId: number, more: Partial<typeof BY> = {}) =>
  resendByKey(db(), { issueId, ...BY, ...more }, [1_000]);
const states = async (issue: number) => (await rowsOf(db(), issue)).map(({ state }) => state);
const age = (issue: number, interval: string) =>
  sql`UPDATE attempts SET at = at - ${interval}::interval WHERE issue_id = ${issue}`.execute(db());
const passDeadline = (issue: number) =>
  sql`UPDATE deliveries SET resend_until = now() - interval '1 second' WHERE issue_id = ${issue}`.execute(
    db(),
  );

test('a held unknown goes out again while its relay remembers the key', async () => {
  const { issue } = await unknownIssue();
  expect((await sendsWithHeldUnknowns(db())).map(({ issueId }) => issueId)).toContain(issue);
  expect(await resend(issue)).toBe(1);
  expect(await states(issue)).toEqual(['planned']);
  expect((await rowsOf(db(), issue))[0]).toMatchObject({ reason: 'idempotent', due: true });
});

test.each([
  ['by another relay', {}, { relay: 'other' }],
  ['whose key is forgotten', { age: '23 hours 1 minute' }, {}],
  ['of a restored database', { reason: 'restored' }, {}],
])('an unknown %s stays', async (_what, { age: old, reason }: { age?: string; reason?: string }, more) => {
  const { issue } = await unknownIssue();
  if (old) await age(issue, old);
  if (reason) await sql`UPDATE deliveries SET reason = ${reason} WHERE issue_id = ${issue}`.execute(db());
  expect(await resend(issue, more)).toBe(0);
  expect(await states(issue)).toEqual(['unknown']);
});

test('what is unknown a second time stays so', async () => {
  const { issue } = await unknownIssue();
  await resend(issue);
  const [row] = await rowsOf(db(), issue);
  await mark(db(), issue, worker(), row!.id, 1);
  await store(
    db(),
    issue,
    worker(),
    settle(row!.id, 2, { state: 'unknown', reason: 'no-reply', relay: 'main' }),
  );
  expect(await resend(issue)).toBe(0);
  expect(await states(issue)).toEqual(['unknown']);
});

test('after its time no mark is granted, whatever it waited for, and it is unknown again', async () => {
  const { issue } = await unknownIssue();
  await resend(issue);
  const [row] = await rowsOf(db(), issue);
  await sql`UPDATE deliveries SET state = 'deferred', reason = 'temporary' WHERE issue_id = ${issue}`.execute(
    db(),
  );
  await passDeadline(issue);
  const { marked } = await markAndSettle(db(), issue, worker(), [], [{ id: row!.id, fence: 1 }]);
  expect(marked.has(row!.id)).toBe(false);
  expect(await endResendsByKey(db())).toBe(1);
  expect(await states(issue)).toEqual(['unknown']);
  expect(await endResendsByKey(db())).toBe(0);
});

test('the editor may resend it at any time', async () => {
  const { issue } = await unknownIssue();
  await resend(issue);
  await passDeadline(issue);
  await endResendsByKey(db());
  await settleUnknown(db(), issue, 'resend', 'editor');
  const [row] = await rowsOf(db(), issue);
  const { marked } = await markAndSettle(db(), issue, worker(), [], [{ id: row!.id, fence: 1 }]);
  expect(marked.has(row!.id)).toBe(true);
});
