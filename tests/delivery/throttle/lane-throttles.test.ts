import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { withoutAddresses } from '../../../src/delivery/replies/classify.ts';
import { LaneThrottles, LOOK_MS } from '../../../src/delivery/throttle/lane-throttles.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { openLog } from '../../../src/io/log.ts';
import { registerWorker } from '../../../src/ledger/workers/leases.ts';
import type { Clock } from '../../../src/ports.ts';
import { until } from '../../helpers/until.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();

/** The throttles of a worker of its own; a relay's name says whether it is direct. */
async function throttlesOf(relay: string, clock: Clock = systemClock): Promise<LaneThrottles> {
  const { db } = database;
  const worker = await registerWorker(db, 'w', 600_000);
  return new LaneThrottles({
    db,
    clock,
    log: openLog('silent'),
    times: { holdMs: 60_000, growMs: 1_000 },
    workerId: () => worker,
    relays: [{ settings: { name: relay, pool: 50 } }],
    isDirect: (name) => name.startsWith('direct'),
  });
}

const unlimited = { maxDeliveries: Number.POSITIVE_INFINITY };

test('lanes start unlimited with a relay in front; of a direct relay with what providers are known to take', async () => {
  const front = await throttlesOf('front');
  for (const lane of ['google', 'tencent', 'other'])
    expect(await front.enter('front', lane)).toEqual(unlimited);
  const direct = await throttlesOf('direct-1');
  expect(await direct.enter('direct-1', 'other')).toEqual(unlimited);
  for (let n = 0; n < 9; n++) direct.throttleOf('direct-1', 'google').take();
  await direct.enter('direct-1', 'google');
  expect(direct.throttleOf('direct-1', 'google')).toMatchObject({
    limits: { base: 5 },
    share: 5,
    open: false,
  });
  await direct.enter('direct-1', 'tencent');
  expect(direct.throttleOf('direct-1', 'tencent').limits.base).toBe(4);
});

test('what is set for the relay goes before what is set for all, and that before what a direct relay starts with', async () => {
  await sql`INSERT INTO lane_limits (lane, relay, connections) VALUES ('google', '', 7), ('google', 'direct-3', 2)`.execute(
    database.db,
  );
  const maxOf = async (relay: string) => {
    const lanes = await throttlesOf(relay);
    await lanes.enter(relay, 'google');
    return lanes.throttleOf(relay, 'google').limits.base;
  };
  expect([await maxOf('direct-2'), await maxOf('direct-3'), await maxOf('front-2')]).toEqual([7, 2, 7]);
});

test('a throttle closes the lane here at once, and for everybody with their next look', async () => {
  const [a, b] = [await throttlesOf('shared'), await throttlesOf('shared')];
  await b.enter('shared', 'yahoo');
  const throttle = { holdMs: 600_000, fromOne: false };
  const seen = a.throttleOf('shared', 'yahoo').version;
  const dueMs = a.learning.throttled(
    a.throttleOf('shared', 'yahoo'),
    seen,
    throttle,
    '421 [TS03] <reader@yahoo.com> later',
  );
  expect(dueMs).toBeGreaterThanOrEqual(60_000);
  expect(await a.enter('shared', 'yahoo')).toMatchObject({ waitMs: expect.toSatisfy((ms) => ms > 50_000) });
  await expect
    .poll(async () => {
      await b.look();
      return b.enter('shared', 'yahoo');
    })
    .toMatchObject({ waitMs: expect.toSatisfy((ms) => ms > 50_000) });
  const { rows } = await sql`SELECT reason FROM lane_states WHERE relay = 'shared' AND version > 0`.execute(
    database.db,
  );
  expect(rows).toEqual([{ reason: '421 [TS03] <...> later' }]);
});

/** Sleeps until it is woken, or told to stop. */
function wakened() {
  const naps: { ms: number; wake(): void }[] = [];
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((wake) => {
      naps.push({ ms, wake });
      signal?.addEventListener('abort', () => wake());
    });
  return { naps, clock: { ...systemClock, sleep } };
}

test('while no connection is free the dispatcher of a lane with a rate is told once, and again when one was taken', async () => {
  await sql`INSERT INTO lane_limits (lane, relay, rate) VALUES ('google', 'paced', 50)`.execute(database.db);
  const { naps, clock } = wakened();
  const lanes = await throttlesOf('paced', clock);
  await lanes.enter('paced', 'google');
  const throttle = lanes.throttleOf('paced', 'google');
  throttle.waiting = 3;
  let changes = 0;
  lanes.onChange(() => {
    changes += 1;
  });
  const watching = lanes.watchRate(throttle);
  const due = () => until('one may go', () => throttle.nextSend <= systemClock.monotonic());
  await until('it waits for the first', () => naps.length === 1);
  await due();
  naps[0]!.wake();
  await until('it waits for a connection', () => naps.length === 2);
  expect([changes, naps[1]!.ms]).toEqual([1, LOOK_MS]);
  throttle.take();
  await until('it waits for the next', () => naps.length === 3);
  expect(naps[2]!.ms).toBeLessThanOrEqual(20);
  await due();
  naps[2]!.wake();
  await until('it waits for a connection again', () => naps.length === 4);
  expect(changes).toBe(2);
  lanes.close();
  await watching;
  await lanes.watchRate(throttle);
  expect(naps).toHaveLength(4);
});

test('no address of a reply is kept', () => {
  expect(
    withoutAddresses('550 5.1.1 <R.Eader+x@mail.example.org>: no such user r@x.cn, 用户@例子.公司'),
  ).toBe('550 5.1.1 <...>: no such user ..., ...');
});
