import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { claimLane, reserveSends } from '../../../src/ledger/lanes/claims.ts';
import {
  endProbe,
  growLane,
  readLaneStates,
  resetLane,
  type SeenLane,
  type ThrottleEvent,
  throttleLane,
} from '../../../src/ledger/lanes/states.ts';
import { registerWorker } from '../../../src/ledger/workers/leases.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();
const workers: number[] = [];
beforeAll(async () => {
  for (const name of ['a', 'b']) workers.push(await registerWorker(database.db, name, 600_000));
});

let made = 0;
/** A lane of a relay that nobody else uses. */
const fresh = (): SeenLane => ({ relay: `relay-${++made}`, lane: 'google', version: 0 });
const throttle = (more: Partial<ThrottleEvent> = {}): ThrottleEvent => ({
  inUse: 12,
  base: null,
  fromOne: false,
  holdMs: 60_000,
  reason: '421 4.7.28 slow down',
  ...more,
});
const stateOf = async ({ relay }: SeenLane) =>
  (await readLaneStates(database.db)).find((state) => state.relay === relay);
const endHold = ({ relay }: SeenLane) =>
  sql`UPDATE lane_states SET held_until = clock_timestamp(), updated_at = clock_timestamp() - interval '1 hour' WHERE relay = ${relay}`.execute(
    database.db,
  );
const claim = (lane: SeenLane, workerId: number, wanted: number, base: number | null = null) =>
  claimLane(database.db, { relay: lane.relay, lane: lane.lane, workerId, wanted, base, forMs: 60_000 });

test('halved once by two workers, however many connections were throttled at the same moment', async () => {
  const { db } = database;
  const seen = fresh();
  const results = await Promise.all(Array.from({ length: 10 }, () => throttleLane(db, seen, throttle())));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(await stateOf(seen)).toMatchObject({ version: 1, connections: 6, probing: true });
  // Both have seen version 1 meanwhile, and the lane was probed and grew: the next throttle halves from there, once.
  await endHold(seen);
  await endProbe(db, { ...seen, version: 1 });
  const again = await Promise.all([1, 2, 3].map(() => throttleLane(db, { ...seen, version: 2 }, throttle())));
  expect(again.filter(Boolean)).toHaveLength(1);
  expect(await stateOf(seen)).toMatchObject({ version: 3, connections: 3 });
});

test('a probe that is throttled too holds twice as long, up to eight times, and takes nothing more away', async () => {
  const { db } = database;
  const seen = fresh();
  const holds: number[] = [];
  for (let version = 0; version < 6; version++) {
    expect(await throttleLane(db, { ...seen, version }, throttle())).toBe(true);
    const state = await stateOf(seen);
    expect(state).toMatchObject({ connections: 6, probing: true });
    holds.push(Math.round((state?.heldMs ?? 0) / 60_000));
    await endHold(seen);
  }
  expect(holds).toEqual([1, 2, 4, 8, 8, 8]);
});

test('while it is held nobody gets a share; probes with one, over all workers', async () => {
  const { db } = database;
  const seen = fresh();
  const [a = 0, b = 0] = workers;
  await throttleLane(db, seen, throttle());
  expect(await claim(seen, a, 5)).toBe(0);
  expect(await endProbe(db, { ...seen, version: 1 })).toBe(false);
  await endHold(seen);
  const shares = await Promise.all([claim(seen, a, 5), claim(seen, b, 5)]);
  expect(shares.sort()).toEqual([0, 1]);
});

test('grows back step by step, one connection in an interval, until nothing limits it', async () => {
  const { db } = database;
  const seen = fresh();
  await throttleLane(db, seen, throttle({ inUse: 4 }));
  await endHold(seen);
  expect(await endProbe(db, { ...seen, version: 1 })).toBe(true);
  const interval = { everyMs: 60_000, ceiling: 5 };
  expect(await growLane(db, { ...seen, version: 2 }, interval)).toBe(false);
  const steps: (number | null)[] = [];
  for (let version = 2; version < 5; version++) {
    await endHold(seen);
    const both = await Promise.all([0, 1].map(() => growLane(db, { ...seen, version }, interval)));
    expect(both.filter(Boolean)).toHaveLength(1);
    steps.push((await stateOf(seen))?.connections ?? null);
  }
  expect(steps).toEqual([3, 4, null]);
});

test('a recipe that says so begins again with one connection', async () => {
  const seen = fresh();
  await throttleLane(database.db, seen, throttle({ fromOne: true }));
  expect(await stateOf(seen)).toMatchObject({ connections: 1 });
});

test('where a limit is set, half of that is the most that a throttle leaves', async () => {
  const seen = fresh();
  await throttleLane(database.db, seen, throttle({ base: 5 }));
  expect(await stateOf(seen)).toMatchObject({ connections: 2 });
});

test('all shares together never pass the limit, and a dead worker keeps none', async () => {
  const { db } = database;
  const seen = fresh();
  const more = await Promise.all(Array.from({ length: 6 }, (_, n) => registerWorker(db, `w${n}`, 600_000)));
  const shares = await Promise.all(more.map((worker) => claim(seen, worker, 2, 5)));
  expect(shares.reduce((sum, share) => sum + share)).toBe(5);
  await sql`UPDATE workers SET lease_until = clock_timestamp() - interval '1 second' WHERE id = ANY(${more}::bigint[])`.execute(
    db,
  );
  const [a = 0] = workers;
  expect(await claim(seen, a, 9, 5)).toBe(5);
  expect(await claim(seen, a, 0, 5)).toBe(0);
});

test('sends that are reserved follow each other at the rate, whoever reserves them', async () => {
  const { db } = database;
  const { relay, lane } = fresh();
  const first = await Promise.all(
    Array.from({ length: 4 }, () => reserveSends(db, relay, lane, { rate: 2, count: 4 })),
  );
  const starts = first.sort((a, b) => a - b);
  for (const [at, start] of starts.entries()) expect(Math.abs(start - at * 2_000)).toBeLessThan(900);
});

test('a lane that is opened by hand forgets what was learned, and late teachers change nothing', async () => {
  const { db } = database;
  const seen = fresh();
  await throttleLane(db, seen, throttle());
  await resetLane(db, seen.lane, seen.relay);
  expect(await stateOf(seen)).toMatchObject({ connections: null, probing: false, heldMs: 0, reason: null });
  expect(await throttleLane(db, { ...seen, version: 1 }, throttle())).toBe(false);
});
