/** The warm-up of a relay: a cap a day that grows, for those who confirmed last first. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { endBatch, leaseBatch } from '../../../src/ledger/lease.ts';
import { roomOf } from '../../../src/ledger/relays/budget.ts';
import { daysToSend, growWarmUps, startWarmUp, warmUpOf } from '../../../src/ledger/relays/warm-up.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { makeIssue, makeReaders, planAll, plannedIssue } from '../fixtures.ts';
import { useWorker } from '../use-worker.ts';

const { db, worker } = useWorker(600_000);

let made = 0;
const aRelay = () => `relay-${++made}`;
const none = { minute: 0, hour: 0, day: 0 };

/** Leases as many as the relay may take, and settles that many of them in the way given. */
async function send(relay: string, issue: number, refused = 0): Promise<number> {
  const batch = await leaseBatch(db(), {
    issueId: issue,
    lane: 'other',
    workerId: worker(),
    size: 1_000,
    relay,
    room: async (trx) => (await roomOf(trx, relay, none, 'issues')).free,
  });
  if (!batch) return 0;
  const ids = batch.deliveries.map((delivery) => delivery.id);
  await sql`UPDATE deliveries SET state = CASE WHEN id = ANY(${ids.slice(0, refused)}::bigint[]) THEN 'refused' ELSE 'accepted' END::delivery_state
    WHERE issue_id = ${issue} AND id = ANY(${ids}::bigint[])`.execute(db());
  await endBatch(db(), issue, batch.id, ids.length);
  return ids.length;
}

/** As if a day had gone by. */
async function aDayLater(relay: string): Promise<void> {
  await sql`UPDATE relays SET warm_up_since = warm_up_since - interval '1 day' WHERE name = ${relay}`.execute(
    db(),
  );
  await sql`UPDATE relay_counts SET bucket = bucket - interval '1 day 15 minutes' WHERE relay = ${relay}`.execute(
    db(),
  );
  // The day that is over still holds what was sent in it.
  await sql`UPDATE relays SET warm_up_since = warm_up_since - interval '15 minutes' WHERE name = ${relay}`.execute(
    db(),
  );
}

const stageOf = async (relay: string) => (await warmUpOf(db(), relay))?.stage ?? 'warm';

test('each day takes its step and no more, and the next day the next, until the relay is warm', async () => {
  const { issue } = await plannedIssue(db(), 500);
  const relay = aRelay();
  await startWarmUp(db(), relay, [40, 100]);
  expect([await send(relay, issue), await send(relay, issue)]).toEqual([40, 0]);
  await aDayLater(relay);
  await growWarmUps(db());
  expect([await send(relay, issue), await send(relay, issue)]).toEqual([98, 0]);
  await aDayLater(relay);
  await growWarmUps(db());
  expect([await stageOf(relay), await send(relay, issue)]).toEqual(['warm', 362]);
});

test('what waits is told to wait for the warm-up', async () => {
  const { issue } = await plannedIssue(db(), 50);
  const relay = aRelay();
  await startWarmUp(db(), relay, [10]);
  await send(relay, issue);
  const room = await db()
    .transaction()
    .execute((trx) => roomOf(trx, relay, { ...none, day: 500 }, 'issues'));
  expect(room).toMatchObject({ free: 0, waits: { span: 'warm-up', limit: 10 } });
});

test('a day in which too many were refused does not grow, and says why', async () => {
  const { issue } = await plannedIssue(db(), 300);
  const relay = aRelay();
  await startWarmUp(db(), relay, [40, 80]);
  await send(relay, issue, 2);
  await aDayLater(relay);
  expect(await growWarmUps(db())).toEqual([{ relay, stage: 1, held: '2 of 40 were refused (5 %)' }]);
  await send(relay, issue, 1);
  await aDayLater(relay);
  expect(await growWarmUps(db())).toEqual([{ relay, stage: 2, held: null }]);
});

test('a day that was hardly used, or not at all, proves nothing', async () => {
  const relay = aRelay();
  const { issue } = await plannedIssue(db(), 10);
  await startWarmUp(db(), relay, [40, 80]);
  await send(relay, issue);
  await aDayLater(relay);
  await growWarmUps(db());
  expect(await warmUpOf(db(), relay)).toMatchObject({ stage: 1, held: 'only 10 of 40 were sent in the day' });
  await aDayLater(relay);
  await growWarmUps(db());
  // Waits for the next use, whenever that is.
  expect(await warmUpOf(db(), relay)).toMatchObject({ stage: 1, since: null });
});

test('a day that is not over changes nothing', async () => {
  const { issue } = await plannedIssue(db(), 50);
  const relay = aRelay();
  await startWarmUp(db(), relay, [40, 80]);
  await send(relay, issue);
  await growWarmUps(db());
  expect(await stageOf(relay)).toBe(1);
});

test('a send through such a relay goes to those who confirmed last first, lane by lane', async () => {
  const newsletter = await insertNewsletter(db());
  const people = await makeReaders(db(), newsletter, 30);
  const days = (id: number) => ((id * 7) % 31) + 1;
  for (const id of people)
    await sql`UPDATE subscriptions SET confirmed_at = clock_timestamp() - ${days(id)}::int * interval '1 day'
      WHERE subscriber_id = ${id}`.execute(db());
  const relay = aRelay();
  await startWarmUp(db(), relay, [10]);
  const issue = await makeIssue(db(), newsletter);
  await sql`UPDATE sends SET route = ${`other:2,${relay}:1`} WHERE issue_id = ${issue}`.execute(db());
  await planAll(db(), issue, 7);
  const order: number[] = [];
  for (;;) {
    const batch = await leaseBatch(db(), { issueId: issue, lane: 'other', workerId: worker(), size: 4 });
    if (!batch) break;
    order.push(...batch.deliveries.map((d) => days(d.subscriberId!)).sort((a, b) => a - b));
  }
  expect(order).toEqual(people.map(days).sort((a, b) => a - b));
});

test('without a warm-up nobody is due before their turn', async () => {
  const { issue } = await plannedIssue(db(), 5);
  const { rows } =
    await sql`SELECT 1 FROM deliveries WHERE issue_id = ${issue} AND due_at IS NOT NULL`.execute(db());
  expect(rows).toEqual([]);
});

test('two relays that are warmed up take together what each may; one that is warm takes the rest', () => {
  const one = { steps: [50, 100, 500], stage: 1, used: 0 };
  const other = { steps: [10, 20, 40], stage: 2, used: 5 };
  expect([65, 66, 205, 206].map((messages) => daysToSend([one, other], messages))).toEqual([0, 1, 1, 2]);
  expect(daysToSend([one, { ...other, stage: 4 }], 1_000_000)).toBe(0);
});

describe('how many days a send takes', () => {
  const steps = [50, 100, 500];
  test.each([
    [30, 0, 0],
    [50, 0, 0],
    [50, 1, 1],
    [150, 0, 1],
    [650, 0, 2],
    [651, 0, 3],
    [1_000_000, 0, 3],
  ])('%i messages, %i of today used: %i', (messages, used, days) => {
    expect(daysToSend([{ steps, stage: 1, used }], messages)).toBe(days);
  });
});
