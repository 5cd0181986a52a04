/** What relays may take: limits over any hour, kept in the ledger, whoever dies. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Batch, endBatch, leaseBatch } from '../../../src/ledger/lease.ts';
import {
  deleteOldCounts,
  limitsOf,
  type Room,
  roomOf,
  type SpanLimits,
  usageOf,
} from '../../../src/ledger/relays/budget.ts';
import { overrideTerms } from '../../../src/ledger/relays/settings.ts';
import { endWorker, registerWorker } from '../../../src/ledger/workers/leases.ts';
import { plannedIssue } from '../fixtures.ts';
import { useWorker } from '../use-worker.ts';

const { db, worker } = useWorker(600_000);

let made = 0;
const aRelay = () => `relay-${++made}`;
const none: SpanLimits = { minute: 0, hour: 0, day: 0 };

interface LeaseOptions {
  size?: number;
  workerId?: number;
  purpose?: 'issues' | 'service';
}

/** Leases through the relay, and what was said of its room. */
async function lease(issueId: number, relay: string, limits: SpanLimits, options: LeaseOptions = {}) {
  const { size = 200, workerId = worker(), purpose = 'issues' } = options;
  let room: Room | undefined;
  const batch = await leaseBatch(db(), {
    issueId,
    lane: 'other',
    workerId,
    size,
    relay,
    room: async (trx) => {
      room = await roomOf(trx, relay, limits, purpose);
      return room.free;
    },
  });
  return { batch, room: room! };
}

const sizeOf = (batch: Batch | null) => batch?.deliveries.length ?? 0;
const begunIn = async (relay: string) => (await usageOf(db(), relay)).spans.hour.begun;

/** As if everything that the relay took had been taken so much earlier. */
const later = (relay: string, interval: string) =>
  sql`UPDATE relay_counts SET bucket = bucket - ${interval}::interval WHERE relay = ${relay}`.execute(db());

test('a relay without limits gives what is asked for, and is counted all the same', async () => {
  const { issue } = await plannedIssue(db(), 30);
  const relay = aRelay();
  const { batch } = await lease(issue, relay, none, { size: 25 });
  expect(sizeOf(batch)).toBe(25);
  await endBatch(db(), issue, batch!.id, 25);
  expect((await usageOf(db(), relay)).spans).toMatchObject({ minute: { begun: 25 }, day: { begun: 25 } });
});

test('an open batch counts in full; what it did not begin is given back when it ends', async () => {
  const { issue } = await plannedIssue(db(), 60);
  const relay = aRelay();
  const hour = { ...none, hour: 40 };
  const first = await lease(issue, relay, hour, { size: 30 });
  const second = await lease(issue, relay, hour, { size: 30 });
  expect([sizeOf(first.batch), sizeOf(second.batch)]).toEqual([30, 10]);
  const third = await lease(issue, relay, hour);
  expect(third).toEqual({ batch: null, room: { free: 0, waits: { span: null, limit: 40, inMs: 500 } } });
  await endBatch(db(), issue, first.batch!.id, 12);
  expect((await lease(issue, relay, hour)).batch?.deliveries).toHaveLength(18);
});

test('a limit that is used up opens when its oldest bucket has gone by', async () => {
  const { issue } = await plannedIssue(db(), 60);
  const relay = aRelay();
  const hour = { ...none, hour: 20 };
  const { batch } = await lease(issue, relay, hour);
  await endBatch(db(), issue, batch!.id, 20);
  const { room } = await lease(issue, relay, hour);
  expect(room).toMatchObject({ free: 0, waits: { span: 'hour', limit: 20 } });
  expect(room.waits!.inMs).toBeGreaterThan(59 * 60_000);
  expect(room.waits!.inMs).toBeLessThanOrEqual(61 * 60_000);
  await later(relay, '59 minutes');
  expect((await lease(issue, relay, hour)).room.free).toBe(0);
  await later(relay, '2 minutes');
  expect((await lease(issue, relay, hour)).room.free).toBe(20);
});

test('eight that lease at once never get more than the limit between them', async () => {
  const { issue } = await plannedIssue(db(), 400);
  const relay = aRelay();
  const limits = { minute: 0, hour: 150, day: 1_000 };
  const taken = await Promise.all(
    Array.from({ length: 8 }, async () => {
      let mine = 0;
      for (let n = 0; n < 6; n++) {
        const { batch } = await lease(issue, relay, limits, { size: 9 });
        if (!batch) continue;
        mine += batch.deliveries.length;
        await endBatch(db(), issue, batch.id, batch.deliveries.length);
      }
      return mine;
    }),
  );
  expect(taken.reduce((sum, one) => sum + one)).toBe(147);
  expect(await begunIn(relay)).toBe(147);
});

test('a worker that dies is taken to have begun all it had', async () => {
  const { issue } = await plannedIssue(db(), 40);
  const relay = aRelay();
  const other = await registerWorker(db(), 'dies', 600_000);
  await lease(issue, relay, { ...none, day: 30 }, { size: 25, workerId: other });
  await endWorker(db(), other);
  expect(await usageOf(db(), relay)).toMatchObject({ open: 0, spans: { day: { begun: 25 } } });
  expect((await lease(issue, relay, { ...none, day: 30 })).room.free).toBe(5);
});

test('the same end of a batch twice counts once', async () => {
  const { issue } = await plannedIssue(db(), 10);
  const relay = aRelay();
  const { batch } = await lease(issue, relay, none);
  await endBatch(db(), issue, batch!.id, 10);
  await endBatch(db(), issue, batch!.id, 10);
  expect(await begunIn(relay)).toBe(10);
});

test('the tightest limit counts, and says its name', async () => {
  const { issue } = await plannedIssue(db(), 60);
  const relay = aRelay();
  const limits = { minute: 10, hour: 20, day: 20 };
  const { batch } = await lease(issue, relay, limits);
  expect(sizeOf(batch)).toBe(10);
  await endBatch(db(), issue, batch!.id, 10);
  expect((await lease(issue, relay, limits)).room.waits).toMatchObject({ span: 'minute', limit: 10 });
  await later(relay, '2 minutes');
  const second = await lease(issue, relay, limits);
  await endBatch(db(), issue, second.batch!.id, 10);
  expect((await lease(issue, relay, limits)).room.waits).toMatchObject({ span: 'day', limit: 20 });
});

test('issues leave a fiftieth of a limit to service mails', async () => {
  const { issue } = await plannedIssue(db(), 200);
  const relay = aRelay();
  const hour = { ...none, hour: 100 };
  const { batch } = await lease(issue, relay, hour);
  expect(sizeOf(batch)).toBe(98);
  expect((await lease(issue, relay, hour, { purpose: 'service' })).room.free).toBe(2);
});

test("the operator's limits go over those of SMTP_URL, and can be taken back", async () => {
  const relay = aRelay();
  const limits = { minute: 60, hour: 0, day: 500 };
  await overrideTerms(db(), relay, { hour: 80, day: 0 });
  expect(await limitsOf(db(), relay, limits)).toEqual({ minute: 60, hour: 80, day: 0, warming: false });
  await overrideTerms(db(), relay, { day: null });
  expect(await limitsOf(db(), relay, limits)).toEqual({ minute: 60, hour: 80, day: 500, warming: false });
});

test('old buckets are forgotten, those that limits look at are kept', async () => {
  const { issue } = await plannedIssue(db(), 10);
  const relay = aRelay();
  const { batch } = await lease(issue, relay, none);
  await endBatch(db(), issue, batch!.id, 10);
  await later(relay, '4 hours');
  await deleteOldCounts(db());
  expect((await usageOf(db(), relay)).spans).toMatchObject({ hour: { begun: 0 }, day: { begun: 10 } });
  const { rows } = await sql`SELECT span FROM relay_counts WHERE relay = ${relay}`.execute(db());
  expect(rows).toEqual([{ span: 'day' }]);
});
