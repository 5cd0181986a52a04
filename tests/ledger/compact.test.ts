import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { compactIssue } from '../../src/delivery/housekeeping/pruning/compact-ledgers.ts';
import { beginCompacting, compactedCounts, compactPage, issuesToCompact } from '../../src/ledger/compact.ts';
import { audience, recount, tally } from '../../src/ledger/counts.ts';
import { fullLedger } from '../../src/ledger/per-person.ts';
import { planPage } from '../../src/ledger/plan.ts';
import { retryRefused } from '../../src/ledger/retry-refused.ts';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import { finishIssue } from '../../src/sends/finish.ts';
import { resetIssue } from '../../src/sends/resume-cancel.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { insertIssue } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { lanes, mark, plannedIssue, rowsOf, settle, store } from './fixtures.ts';

const database = useTestDatabase();
let worker: number;
beforeAll(async () => {
  worker = await registerWorker(db(), 'w', 60_000);
});
const db = () => database.db;

const policy = { state: 'refused', reason: 'policy', reply: '550 5.7.1 no' } as const;

/** Sent so many days ago: one refused, one in doubt, one skipped, the others accepted. */
async function sent(readers: number, daysAgo = 0) {
  const { issue, newsletter } = await plannedIssue(db(), readers);
  const ids = (await rowsOf(db(), issue)).map((row) => row.id);
  for (const [n, end] of [policy, { state: 'unknown', reason: 'no-reply', reply: null } as const].entries()) {
    await mark(db(), issue, worker, ids[n]!);
    await store(db(), issue, worker, settle(ids[n]!, 1, end));
  }
  await sql`UPDATE deliveries SET state = 'skipped', reason = 'unsubscribed' WHERE issue_id = ${issue} AND id = ${ids[2]}`.execute(
    db(),
  );
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${issue} AND state = 'planned'`.execute(
    db(),
  );
  expect(await finishIssue(db(), issue)).toBe(true);
  await sql`UPDATE sends SET sent_at = sent_at - ${daysAgo}::int * interval '1 day' WHERE issue_id = ${issue}`.execute(
    db(),
  );
  return { issue, newsletter };
}

const left = async (table: 'deliveries' | 'attempts', issue: number) =>
  (await db().selectFrom(table).select('issue_id').where('issue_id', '=', issue).execute()).length;

test('page by page the rows become counts per lane, outcome and reason, and every sum stays what it was', async () => {
  const { issue } = await sent(7_000);
  const before = await tally(db(), issue);
  const status = await issueStatus(db(), issue);
  expect(await beginCompacting(db(), issue)).toBe(true);
  expect(await compactPage(db(), issue)).toBe(false);
  expect(await left('deliveries', issue)).toBe(2_000);
  expect(await tally(db(), issue)).toEqual(before);
  expect(await recount(db(), issue)).toEqual(before);
  expect(await compactIssue(db(), issue)).toBe(true);
  expect([await left('deliveries', issue), await left('attempts', issue)]).toEqual([0, 0]);
  expect(await tally(db(), issue)).toEqual(before);
  expect(await recount(db(), issue)).toEqual(before);
  expect(audience(before)).toBe(7_000);
  const counts = [
    { lane: 'other', outcome: 'accepted', reason: null, count: 6_997 },
    { lane: 'other', outcome: 'refused', reason: 'policy', count: 1 },
    { lane: 'other', outcome: 'skipped', reason: 'unsubscribed', count: 1 },
    { lane: 'other', outcome: 'unknown', reason: 'no-reply', count: 1 },
  ];
  expect(await compactedCounts(db(), issue)).toEqual(counts);
  const after = await issueStatus(db(), issue);
  expect(after).toMatchObject({ counts: status.counts, thinnedAt: expect.any(String), thinned: counts });
  expect(after.lanes.map(({ rate: _, ...lane }) => lane)).toEqual(
    status.lanes.map(({ rate: _, ...lane }) => lane),
  );
});

test('thinners at the same moment count nobody twice', async () => {
  const { issue } = await sent(12_000);
  await beginCompacting(db(), issue);
  while ((await Promise.all([1, 2, 3].map(() => compactPage(db(), issue)))).every((done) => done !== true));
  expect(audience(await tally(db(), issue))).toBe(12_000);
});

test("an issue is due when its newsletter's days are over, and one to be kept forever never is", async () => {
  const [old, fresh, kept, short] = [
    await sent(3, 401),
    await sent(3, 399),
    await sent(3, 5_000),
    await sent(3, 31),
  ];
  await sql`UPDATE newsletters SET keep_ledger_days = NULL WHERE id = ${kept.newsletter}`.execute(db());
  await sql`UPDATE newsletters SET keep_ledger_days = 30 WHERE id = ${short.newsletter}`.execute(db());
  const due = await issuesToCompact(db());
  expect([old, fresh, kept, short].filter(({ issue }) => due.includes(issue))).toEqual([old, short]);
});

test.each([
  ['sends', `issues SET state = 'sending' WHERE id`],
  ['is paused', `issues SET state = 'paused' WHERE id`],
  ['may still be caught up with', `sends SET plan_moment = now(), catch_up_seconds = 3600 WHERE issue_id`],
])('one that %s is not thinned', async (_, change) => {
  const { issue } = await sent(3, 500);
  await sql.raw(`UPDATE ${change} = ${issue}`).execute(db());
  expect(await issuesToCompact(db())).not.toContain(issue);
  expect(await compactIssue(db(), issue)).toBe(false);
  expect(await left('deliveries', issue)).toBe(3);
});

test('one with somebody waiting, or whose correction has still to ask whom it reached, is not thinned', async () => {
  const [waits, corrected] = [await sent(3, 500), await sent(3, 500)];
  await sql`UPDATE deliveries SET state = 'deferred', due_at = now() WHERE issue_id = ${waits.issue} AND state = 'unknown'`.execute(
    db(),
  );
  await insertIssue(db(), corrected.newsletter, { state: 'scheduled' }, { reached_by: corrected.issue });
  for (const { issue } of [waits, corrected]) expect(await compactIssue(db(), issue)).toBe(false);
});

test('a thinned issue is never sent again, by whatever way', async () => {
  const { issue } = await sent(4);
  await sql`UPDATE sends SET rehearsal = true WHERE issue_id = ${issue}`.execute(db());
  await beginCompacting(db(), issue);
  expect((await retryRefused(db(), issue)).moved).toBe(0);
  await compactIssue(db(), issue);
  await expect(resetIssue(db(), issue)).rejects.toMatchObject({ code: 'issue-thinned' });
  for (const state of ['draft', 'scheduled', 'sending', 'paused'])
    await expect(
      sql.raw(`UPDATE issues SET state = '${state}' WHERE id = ${issue}`).execute(db()),
    ).rejects.toThrow('compacted_is_final');
  expect(await planPage(db(), issue, lanes, 10)).toMatchObject({ planned: 0 });
  expect(await left('deliveries', issue)).toBe(0);
});

test('before that, the whole ledger can be taken out: every person with every attempt, in order', async () => {
  const { issue } = await sent(2_003);
  const lines = [];
  for await (const line of fullLedger(db(), issue, null)) lines.push(line);
  expect(lines).toHaveLength(2_003);
  expect(lines[0]).toMatchObject({
    outcome: 'refused',
    lane: 'other',
    relay: 'test',
    firstAttemptAt: expect.any(Date),
    history: [
      { outcome: 'refused', stage: 'dot', reply: '550 5.7.1 no', relay: 'test', at: expect.any(Date) },
    ],
  });
  expect(lines[1]!.history.map(({ outcome }) => outcome)).toEqual(['unknown']);
  expect(lines.at(-1)!.history.map(({ outcome }) => outcome)).toEqual(['accepted']);
});
