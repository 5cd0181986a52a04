import { expect, test } from 'vitest';
import { type Parcel, Waiting } from '../../../src/delivery/relay/ready-queue.ts';
import { LaneGate } from '../../../src/delivery/throttle/lane-throttle.ts';
import type { LeasedDelivery } from '../../../src/ledger/lease.ts';

/** A queue with a clock of its own, and gates that a test can change. */
function queue() {
  const gates = new Map<string, LaneGate>();
  const time = { now: 1_000 };
  const gate = (lane: string) => {
    const known = gates.get(lane) ?? new LaneGate('relay', lane);
    gates.set(lane, known);
    return known;
  };
  const waiting = new Waiting(gate, () => time.now);
  const left: string[] = [];
  let made = 0;
  const add = (issueId: number, lane: string, count = 1, more: Partial<Parcel> = {}) => {
    for (let n = 0; n < count; n++) {
      const delivery = { issueId, lane, id: ++made } as LeasedDelivery;
      const done = () => left.push(`${issueId} ${lane}`);
      const parcel = { delivery, first: false, stopped: () => false, done, ...more } as Parcel;
      waiting.add(parcel);
    }
  };
  const take = () => {
    const parcel = waiting.take();
    return parcel && `${parcel.delivery.issueId} ${parcel.delivery.lane}`;
  };
  const takeAll = () => {
    const taken: string[] = [];
    for (let next = take(); next !== null; next = take()) taken.push(next);
    return taken;
  };
  return { waiting, gate, time, add, take, left, takeAll };
}

test('service mails first, in their order; then issues in turn, and within an issue its lanes', () => {
  const { add, takeAll } = queue();
  add(1, 'google', 4);
  add(1, 'yahoo', 2);
  add(2, 'google', 2);
  add(0, 'service', 2, { first: true });
  expect(takeAll()).toEqual([
    '0 service',
    '0 service',
    '1 google',
    '2 google',
    '1 yahoo',
    '2 google',
    '1 google',
    '1 yahoo',
    '1 google',
    '1 google',
  ]);
});

test('a small issue that comes late is the next but one, however much waits of a large one', () => {
  const { add, take } = queue();
  add(1, 'google', 1_000);
  take();
  add(2, 'google');
  expect([take(), take()].sort()).toEqual(['1 google', '2 google']);
});

test('a lane at its limit is passed over, until one of its messages ends', () => {
  const { waiting, add, take, gate } = queue();
  gate('google').learn(
    {
      relay: 'relay',
      lane: 'google',
      version: 3,
      connections: 1,
      probing: false,
      heldMs: 0,
      reason: null,
      sinceMs: 0,
    },
    { base: null, rate: null },
    1_000,
  );
  gate('google').giveShare(1, 5_000);
  add(1, 'google', 3);
  add(1, 'yahoo', 2);
  const first = waiting.take();
  expect(first?.delivery.lane).toBe('google');
  expect(first?.laneVersion).toBe(3);
  expect([take(), take(), take()]).toEqual(['1 yahoo', '1 yahoo', null]);
  expect(waiting.ready).toBe(false);
  if (first) waiting.ended(first);
  expect(take()).toBe('1 google');
});

test('a share that was not claimed again is worth nothing any more', () => {
  const { add, take, gate, time } = queue();
  const limits = { base: 2, rate: null };
  gate('google').learn(null, limits, time.now);
  add(1, 'google', 2);
  expect(take()).toBeNull();
  gate('google').giveShare(2, 2_000);
  expect(take()).toBe('1 google');
  time.now = 2_001;
  expect(take()).toBeNull();
});

test('what waits for a lane that is held is let go of, the others stay', () => {
  const { waiting, add, gate, time, left, takeAll } = queue();
  add(1, 'google', 2);
  add(2, 'google', 1);
  add(2, 'yahoo', 1);
  waiting.dropHeld();
  expect(left).toEqual([]);
  gate('google').hold(time.now, 500);
  waiting.dropHeld();
  expect(left).toEqual(['1 google', '1 google', '2 google']);
  expect([gate('google').waiting, takeAll()]).toEqual([0, ['2 yahoo']]);
});

test('messages of a lane with a rate go at its distance, not before', () => {
  const { add, take, gate, time } = queue();
  gate('google').learn(null, { base: null, rate: 10 }, time.now);
  gate('google').giveSends(2, time.now + 50);
  add(1, 'google', 3);
  expect(take()).toBeNull();
  time.now += 50;
  expect([take(), take()]).toEqual(['1 google', null]);
  time.now += 100;
  expect([take(), take()]).toEqual(['1 google', null]);
  expect(gate('google').needsSends).toBe(true);
});

test('one that is put back is the next of its lane; stopped ones are let go of once', () => {
  const { waiting, add, take, left } = queue();
  let stopped = false;
  add(1, 'google', 2, { stopped: () => stopped });
  add(1, 'google', 1);
  const first = waiting.take();
  if (first) waiting.putBack(first);
  expect(waiting.take()).toBe(first);
  if (first) waiting.putBack(first);
  stopped = true;
  expect([take(), take()]).toEqual(['1 google', null]);
  expect(left).toHaveLength(2);
});

test('taking costs next to nothing: 100,000 in less than 150 ms of processor time', () => {
  const { waiting, add } = queue();
  const lanes = ['google', 'yahoo', 'tencent', 'other'];
  let taken = 0;
  let spent = 0;
  for (let round = 0; round < 500; round++) {
    for (const lane of lanes) add(round % 3, lane, 50);
    const began = process.cpuUsage();
    for (let parcel = waiting.take(); parcel; parcel = waiting.take()) {
      waiting.ended(parcel);
      taken += 1;
    }
    spent += process.cpuUsage(began).user / 1_000;
  }
  expect(taken).toBe(100_000);
  expect(spent).toBeLessThan(150);
});
