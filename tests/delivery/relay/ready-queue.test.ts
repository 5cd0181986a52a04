import { expect, test } from 'vitest';
import type { OpenBatch } from '../../../src/delivery/relay/queued-message.ts';
import { ReadyQueue } from '../../../src/delivery/relay/ready-queue.ts';
import { LaneThrottle } from '../../../src/delivery/throttle/lane-throttle.ts';
import type { LeasedDelivery } from '../../../src/ledger/lease.ts';

/** A queue with a clock of its own, and throttles that a test can change. */
function queue() {
  const throttles = new Map<string, LaneThrottle>();
  const time = { now: 1_000 };
  const throttle = (lane: string) => {
    const known = throttles.get(lane) ?? new LaneThrottle('relay', lane);
    throttles.set(lane, known);
    return known;
  };
  const queued = new ReadyQueue(throttle, () => time.now);
  const left: string[] = [];
  let made = 0;
  const add = (issueId: number, lane: string, count = 1, more: Partial<OpenBatch> = {}) => {
    const batch = {
      isService: false,
      stop: new AbortController().signal,
      onDone: () => left.push(`${issueId} ${lane}`),
      ...more,
    } as OpenBatch;
    for (let n = 0; n < count; n++) {
      const delivery = { issueId, lane, id: ++made } as LeasedDelivery;
      queued.add({ delivery, batch, laneVersion: 0 });
    }
  };
  const take = () => {
    const message = queued.take();
    return message && `${message.delivery.issueId} ${message.delivery.lane}`;
  };
  const takeAll = () => {
    const taken: string[] = [];
    for (let next = take(); next !== null; next = take()) taken.push(next);
    return taken;
  };
  return { queued, throttle, time, add, take, left, takeAll };
}

test('service mails first, in their order; then issues in turn, and within an issue its lanes', () => {
  const { add, takeAll } = queue();
  add(1, 'google', 4);
  add(1, 'yahoo', 2);
  add(2, 'google', 2);
  add(0, 'service', 2, { isService: true });
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
  const { queued, add, take, throttle } = queue();
  throttle('google').update(
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
  throttle('google').giveShare(1, 5_000);
  add(1, 'google', 3);
  add(1, 'yahoo', 2);
  const first = queued.take();
  expect(first?.delivery.lane).toBe('google');
  expect(first?.laneVersion).toBe(3);
  expect([take(), take(), take()]).toEqual(['1 yahoo', '1 yahoo', null]);
  expect(queued.hasReady).toBe(false);
  if (first) queued.release(first);
  expect(take()).toBe('1 google');
});

test('a share that was not claimed again is worth nothing any more', () => {
  const { add, take, throttle, time } = queue();
  const limits = { base: 2, rate: null };
  throttle('google').update(null, limits, time.now);
  add(1, 'google', 2);
  expect(take()).toBeNull();
  throttle('google').giveShare(2, 2_000);
  expect(take()).toBe('1 google');
  time.now = 2_001;
  expect(take()).toBeNull();
});

test('what waits for a held lane is given back, the others stay', () => {
  const { queued, add, throttle, time, left, takeAll } = queue();
  add(1, 'google', 2);
  add(2, 'google', 1);
  add(2, 'yahoo', 1);
  queued.dropHeld();
  expect(left).toEqual([]);
  throttle('google').hold(time.now, 500);
  queued.dropHeld();
  expect(left).toEqual(['1 google', '1 google', '2 google']);
  expect([throttle('google').waiting, takeAll()]).toEqual([0, ['2 yahoo']]);
});

test('messages of a lane with a rate go at its distance, not before', () => {
  const { add, take, throttle, time } = queue();
  throttle('google').update(null, { base: null, rate: 10 }, time.now);
  throttle('google').giveSends(2, time.now + 50);
  add(1, 'google', 3);
  expect(take()).toBeNull();
  time.now += 50;
  expect([take(), take()]).toEqual(['1 google', null]);
  time.now += 100;
  expect([take(), take()]).toEqual(['1 google', null]);
  expect(throttle('google').needsSends).toBe(true);
});

test('one that is put back is the next of its lane; stopped ones are given back once', () => {
  const { queued, add, take, left } = queue();
  const stopped = new AbortController();
  add(1, 'google', 2, { stop: stopped.signal });
  add(1, 'google', 1);
  const first = queued.take();
  if (first) queued.returnToFront(first);
  expect(queued.take()).toBe(first);
  if (first) queued.returnToFront(first);
  stopped.abort();
  expect([take(), take()]).toEqual(['1 google', null]);
  expect(left).toHaveLength(2);
});

test('taking costs next to nothing: 100,000 in less than 150 ms of processor time', () => {
  const { queued, add } = queue();
  const lanes = ['google', 'yahoo', 'tencent', 'other'];
  let taken = 0;
  let spent = 0;
  for (let round = 0; round < 500; round++) {
    for (const lane of lanes) add(round % 3, lane, 50);
    const began = process.cpuUsage();
    for (let message = queued.take(); message; message = queued.take()) {
      queued.release(message);
      taken += 1;
    }
    spent += process.cpuUsage(began).user / 1_000;
  }
  expect(taken).toBe(100_000);
  expect(spent).toBeLessThan(150);
});
