import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { byEditor, type Reason } from '../../src/issue/reason.ts';
import { recount, tally } from '../../src/ledger/counts.ts';
import {
  acceptByEvidence,
  resendByEvidence,
  type UncertainDelivery,
  uncertainDeliveries,
} from '../../src/ledger/evidence.ts';
import { settleUnknown } from '../../src/ledger/unknown-outcomes.ts';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import { type Pauser, pause } from '../../src/sends/pause.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { mark, plannedIssue, rowsOf, settle, store } from './fixtures.ts';

const database = useTestDatabase();
let worker: number;
beforeAll(async () => {
  worker = await registerWorker(database.db, 'w', 60_000);
});
const db = () => database.db;

const unknown = { state: 'unknown', reason: 'no-reply', reply: null } as const;

/** Five readers: the first two accepted, the third in doubt, the fourth waiting after a doubt, the fifth waiting. */
async function uncertainIssue() {
  const { issue } = await plannedIssue(db(), 5);
  const rows = await rowsOf(db(), issue);
  for (const [n, end] of [{}, {}, unknown, unknown].entries()) {
    await mark(db(), issue, worker, rows[n]!.id);
    await store(db(), issue, worker, settle(rows[n]!.id, 1, end));
  }
  await settleUnknown(db(), issue, 'resend', 'editor', [rows[3]!.key]);
  const ids = rows.map((row) => row.id);
  return { issue, ids, keys: rows.map((row) => row.key) };
}

/** Read in pages of one: what is told of them must not depend on it. */
async function uncertain(issue: number, identities: readonly string[] | null): Promise<UncertainDelivery[]> {
  const all: UncertainDelivery[] = [];
  for await (const page of uncertainDeliveries(db(), issue, identities, 1)) {
    expect(page).toHaveLength(1);
    all.push(...page);
  }
  return all;
}

const states = async (issue: number) => (await rowsOf(db(), issue)).map(({ state }) => state);

test('uncertain are unknowns, and those that wait after one, with others accepted at that time as witnesses', async () => {
  const { issue, ids, keys } = await uncertainIssue();
  const found = await uncertain(issue, null);
  expect(found.map(({ id, waiting, attempts, fence }) => [id, waiting, attempts, fence])).toEqual([
    [ids[2], false, 1, 1],
    [ids[3], true, 1, 1],
  ]);
  expect(found.map(({ witnesses }) => witnesses.map(({ id }) => id).sort())).toEqual([[ids[0], ids[1]], []]);
  for (const { since, until } of found) expect(since!.getTime()).toBeLessThanOrEqual(until.getTime());
  expect((await uncertain(issue, [keys[3]!])).map(({ id }) => id)).toEqual([ids[3]]);
});

test('who was settled by a word, by another relay or long before is no witness', async () => {
  const { issue, ids } = await uncertainIssue();
  await sql`UPDATE deliveries SET relay = 'other' WHERE issue_id = ${issue} AND id = ${ids[0]}`.execute(db());
  await sql`UPDATE deliveries SET reason = 'editor' WHERE issue_id = ${issue} AND id = ${ids[1]}`.execute(
    db(),
  );
  expect((await uncertain(issue, null)).map(({ witnesses }) => witnesses)).toEqual([[], []]);
});

test('evidence of arrival accepts the unknown and the one that waits after a doubt, once, and no other', async () => {
  const { issue, ids } = await uncertainIssue();
  const found = ids.map((id) => ({ id, reply: 'the line' }));
  const moved = await Promise.all([1, 2, 3].map(() => acceptByEvidence(db(), issue, found, 'relay-log')));
  expect(moved.flatMap((set) => [...set]).sort()).toEqual([ids[2], ids[3]]);
  expect(await states(issue)).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'planned']);
  expect((await rowsOf(db(), issue))[3]).toMatchObject({ reason: 'relay-log', due: false });
  expect(await tally(db(), issue)).toEqual(await recount(db(), issue));
});

test('a row that is being handed over again is left to its worker, whose reply counts', async () => {
  const { issue, ids } = await uncertainIssue();
  await mark(db(), issue, worker, ids[3]!, 1);
  expect(await acceptByEvidence(db(), issue, [{ id: ids[3]!, reply: null }], 'reader')).toEqual(new Set());
  expect((await states(issue))[3]).toBe('handing');
});

test('no mark for a row that evidence has accepted, though a worker holds it in its hands', async () => {
  const { issue, ids } = await uncertainIssue();
  await acceptByEvidence(db(), issue, [{ id: ids[3]!, reply: null }], 'reader');
  expect(await mark(db(), issue, worker, ids[3]!, 1)).toBe(false);
});

test('evidence that it was not taken has an unknown sent again, and no other', async () => {
  const { issue, ids } = await uncertainIssue();
  expect(await resendByEvidence(db(), issue, ids)).toEqual(new Set([ids[2]]));
  expect((await rowsOf(db(), issue))[2]).toMatchObject({ state: 'planned', due: true, reason: 'relay-log' });
});

test('in a copy anybody who waits may have been reached: evidence accepts them, and nobody of another paused send', async () => {
  const { issue, ids } = await uncertainIssue();
  const pauseBy = (by: Pauser, reason: Reason) =>
    db()
      .transaction()
      .execute((trx) => pause(trx, issue, by, reason));
  await pauseBy('editor', byEditor());
  expect((await uncertain(issue, null)).map(({ id }) => id)).toEqual([ids[2], ids[3]]);
  await pauseBy('postrider', { code: 'restored', detail: 'this database is a copy' });
  expect((await uncertain(issue, null)).map(({ id, dueToRestore }) => [id, dueToRestore])).toEqual([
    [ids[2], false],
    [ids[3], false],
    [ids[4], true],
  ]);
  await acceptByEvidence(db(), issue, [{ id: ids[4]!, reply: 'the line' }], 'relay-log');
  expect(await states(issue)).toEqual(['accepted', 'accepted', 'unknown', 'planned', 'accepted']);
});
