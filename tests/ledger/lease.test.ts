import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { idleLanes } from '../../src/ledger/lanes/idle-lanes.ts';
import { type Batch, endBatch, leaseBatch, nextDue } from '../../src/ledger/lease.ts';
import {
  deleteEndedWorkers,
  endDeadWorkers,
  endWorker,
  heartbeat,
  liveWorkers,
  registerWorker,
} from '../../src/ledger/workers/leases.ts';
import { until } from '../helpers/until.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { mark, plannedIssue, rowsOf, settle, store } from './fixtures.ts';

const database = useTestDatabase();
let worker: number;
beforeAll(async () => {
  worker = await registerWorker(db(), 'w', 60_000);
});
const db = () => database.db;

const lease = (issueId: number, size: number, workerId = worker) =>
  leaseBatch(db(), { issueId, lane: 'other', workerId, size });
const ids = (batch: Batch | null) => batch?.deliveries.map((d) => d.id) ?? [];
const makeDue = (issue: number, id: number, inS = 0) =>
  sql`UPDATE deliveries SET due_at = clock_timestamp() + ${inS} * interval '1 second' WHERE issue_id = ${issue} AND id = ${id}`.execute(
    db(),
  );

test('eight leasers at once share no delivery and leave none', async () => {
  const { issue } = await plannedIssue(db(), 200);
  const taken: number[] = [];
  const leaseAll = async () => {
    for (let batch = await lease(issue, 7); batch; batch = await lease(issue, 7)) taken.push(...ids(batch));
  };
  await Promise.all(Array.from({ length: 8 }, leaseAll));
  expect(taken).toHaveLength(200);
  expect(new Set(taken).size).toBe(200);
});

test('what is due comes first, what is due later not yet', async () => {
  const { issue } = await plannedIssue(db(), 6);
  const rows = (await rowsOf(db(), issue)).map((row) => row.id);
  ids(await lease(issue, 4)).slice(0, 2);
  await sql`DELETE FROM batches WHERE issue_id = ${issue}`.execute(db());
  await makeDue(issue, rows[1]!);
  await makeDue(issue, rows[2]!, 60);
  expect(ids(await lease(issue, 2))).toEqual([rows[1], rows[4]]);
  expect(await nextDue(db(), issue, 'other')).toEqual({ inMs: expect.closeTo(60_000, -4) });
});

test('a probe after a hold is a delivery that the provider refused before, due or not; without one, what is due', async () => {
  const { issue } = await plannedIssue(db(), 4);
  const rows = (await rowsOf(db(), issue)).map((row) => row.id);
  const probe = () =>
    leaseBatch(db(), { issueId: issue, lane: 'other', workerId: worker, size: 1, probe: true });
  await makeDue(issue, rows[1]!);
  await makeDue(issue, rows[2]!, 60);
  await sql`UPDATE deliveries SET state = 'deferred', reason = 'throttled' WHERE issue_id = ${issue} AND id = ${rows[2]!}`.execute(
    db(),
  );
  expect(ids(await probe())).toEqual([rows[2]]);
  // In hands already: the next best.
  expect(ids(await probe())).toEqual([rows[1]]);
});

test('a lane whose rows all had their turn is not read through again, nor rung for; what comes later is found', async () => {
  const { issue } = await plannedIssue(db(), 5);
  await sql`UPDATE deliveries SET due_at = 'epoch'::timestamptz + id * interval '1 second' WHERE issue_id = ${issue}`.execute(
    db(),
  );
  expect(ids(await lease(issue, 4))).toHaveLength(4);
  expect(ids(await lease(issue, 4))).toHaveLength(1);
  await sql`UPDATE deliveries SET state = 'accepted', due_at = NULL WHERE issue_id = ${issue}`.execute(db());
  await sql`DELETE FROM batches WHERE issue_id = ${issue}`.execute(db());
  expect(await idleLanes(db(), 1, issue)).not.toContainEqual({ issue, lane: 'other' });
  const { rows } = await sql<{ id: number }>`
    INSERT INTO deliveries (issue_id, key, newsletter_id, email, lane) VALUES (${issue}, 'late', 1, 'late@example.org', 'other')
    RETURNING id`.execute(db());
  expect(await idleLanes(db(), 1, issue)).toContainEqual({ issue, lane: 'other' });
  expect(ids(await lease(issue, 4))).toEqual([rows[0]!.id]);
});

test('an ended batch gives back what still waits; it comes again, and the settled does not', async () => {
  const { issue } = await plannedIssue(db(), 3);
  const batch = (await lease(issue, 3))!;
  const [first, second, third] = ids(batch);
  await mark(db(), issue, worker, first!);
  await store(db(), issue, worker, settle(first!, 1));
  await mark(db(), issue, worker, second!);
  await store(
    db(),
    issue,
    worker,
    settle(second!, 1, { state: 'deferred', reason: 'temporary', dueInMs: 60_000 }),
  );
  expect(await lease(issue, 3)).toBeNull();
  expect(await nextDue(db(), issue, 'other')).toBeNull();
  await endBatch(db(), issue, batch.id);
  expect(ids(await lease(issue, 3))).toEqual([third]);
});

test('a delivery that is due while its batch is still open belongs to that batch', async () => {
  const { issue } = await plannedIssue(db(), 1);
  const batch = (await lease(issue, 1))!;
  const id = ids(batch)[0]!;
  await mark(db(), issue, worker, id);
  await store(db(), issue, worker, settle(id, 1, { state: 'deferred', dueInMs: 0 }));
  expect(await lease(issue, 1)).toBeNull();
  await endBatch(db(), issue, batch.id);
  expect(ids(await lease(issue, 1))).toEqual([id]);
});

test('a batch has what a message needs, as of the lease', async () => {
  const { issue, people } = await plannedIssue(db(), 1);
  const { rows } = await sql<{
    id: number;
  }>`INSERT INTO editions (hash, content) VALUES ('h', '{}') RETURNING id`.execute(db());
  await sql`UPDATE issues SET edition_id = ${rows[0]!.id} WHERE id = ${issue}`.execute(db());
  expect((await lease(issue, 1))!.deliveries).toEqual([
    expect.objectContaining({
      issueId: issue,
      kind: 'issue',
      state: 'planned',
      fence: 0,
      attempts: 0,
      name: 'Reader 1',
      subscriberId: people[0],
      editionId: rows[0]!.id,
    }),
  ]);
});

test('a worker whose lease ran out is ended: its marks become unknown by name, the rest is given back', async () => {
  const { issue } = await plannedIssue(db(), 3);
  const short = await registerWorker(db(), 'short', 60_000);
  const [first] = ids(await lease(issue, 3, short));
  await mark(db(), issue, short, first!);
  await expire(short);
  expect(await endDeadWorkers(db())).toEqual({ ended: 1, unknown: 1 });
  expect(await heartbeat(db(), short, 60_000)).toBe(false);
  expect((await rowsOf(db(), issue)).map(({ state, reason, due }) => ({ state, reason, due }))).toEqual([
    { state: 'unknown', reason: 'worker-died', due: false },
    { state: 'planned', reason: null, due: true },
    { state: 'planned', reason: null, due: true },
  ]);
  expect(await endWorker(db(), short)).toBe(0);
  expect(ids(await lease(issue, 3))).toHaveLength(2);
});

test('a worker that stops without a reply says so, and not that it died', async () => {
  const { issue } = await plannedIssue(db(), 1);
  const stopping = await registerWorker(db(), 'stopping', 60_000);
  await mark(db(), issue, stopping, ids(await lease(issue, 1, stopping))[0]!);
  expect(await endWorker(db(), stopping)).toBe(1);
  expect((await rowsOf(db(), issue))[0]).toMatchObject({ state: 'unknown', reason: 'worker-stopped' });
});

test('two sweepers that end the same worker count its unknowns once', async () => {
  const { issue } = await plannedIssue(db(), 1);
  const short = await registerWorker(db(), 'short', 60_000);
  const before = await liveWorkers(db());
  const [id] = ids(await lease(issue, 1, short));
  await mark(db(), issue, short, id!);
  const counts = await Promise.all([endWorker(db(), short), endWorker(db(), short), endWorker(db(), short)]);
  expect(counts.sort()).toEqual([0, 0, 1]);
  expect(await liveWorkers(db())).toBe(before - 1);
});

const expire = (id: number) =>
  sql`UPDATE workers SET lease_until = clock_timestamp() - interval '1 ms' WHERE id = ${id}`.execute(db());

/** Resolves when a statement of this database waits for what another one has locked. */
const somebodyWaits = () =>
  until('somebody waits for a lock', async () => {
    const { rows } = await sql`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db());
    return rows.length > 0;
  });

test("a worker that was ended leases nothing, and stands in nobody's way", async () => {
  const { issue } = await plannedIssue(db(), 2);
  const asleep = await registerWorker(db(), 'asleep', 60_000);
  await endWorker(db(), asleep);
  expect(await lease(issue, 2, asleep)).toBeNull();
  expect(ids(await lease(issue, 2))).toHaveLength(2);
});

test('a worker that is ended while it leases gets nothing', async () => {
  const { issue } = await plannedIssue(db(), 2);
  const short = await registerWorker(db(), 'short', 60_000);
  let leasing: ReturnType<typeof lease> | null = null;
  await db()
    .transaction()
    .execute(async (trx) => {
      await sql`UPDATE workers SET ended_at = clock_timestamp() WHERE id = ${short}`.execute(trx);
      leasing = lease(issue, 2, short);
      await somebodyWaits();
    });
  expect(await leasing).toBeNull();
  expect(ids(await lease(issue, 2))).toHaveLength(2);
});

test('the batch of an ended worker is given back, and the worker can be deleted', async () => {
  const { issue } = await plannedIssue(db(), 2);
  const gone = await registerWorker(db(), 'gone', 60_000);
  await lease(issue, 2, gone);
  await sql`UPDATE workers SET ended_at = clock_timestamp() - interval '2 days' WHERE id = ${gone}`.execute(
    db(),
  );
  expect(await endDeadWorkers(db())).toEqual({ ended: 1, unknown: 0 });
  await deleteEndedWorkers(db());
  expect(ids(await lease(issue, 2))).toHaveLength(2);
  expect(await endDeadWorkers(db())).toEqual({ ended: 0, unknown: 0 });
});

test('a worker whose lease had run out and that is heard of again is not ended', async () => {
  const { issue } = await plannedIssue(db(), 1);
  const stalled = await registerWorker(db(), 'stalled', 60_000);
  const [id] = ids(await lease(issue, 1, stalled));
  await mark(db(), issue, stalled, id!);
  await expire(stalled);
  let sweeping: ReturnType<typeof endDeadWorkers> | null = null;
  await db()
    .transaction()
    .execute(async (trx) => {
      await heartbeat(trx, stalled, 60_000);
      sweeping = endDeadWorkers(db());
      await somebodyWaits();
    });
  expect(await sweeping).toEqual({ ended: 0, unknown: 0 });
  expect(await rowsOf(db(), issue)).toMatchObject([{ state: 'handing' }]);
});
