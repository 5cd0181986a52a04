import { expect, test } from 'vitest';
import { Greylists } from '../../../src/delivery/throttle/greylists.ts';

const MINUTE = 60_000;

function watched() {
  let now = 0;
  const clock = { now: () => new Date(now), monotonic: () => now, sleep: async () => {} };
  const lists = new Greylists(clock, { firstMs: 10_000, holdMs: 10 * MINUTE });
  return { lists, pass: (ms: number) => (now += ms) };
}

test('a few of a domain ask twice as long after their first try each time; the others wait for the usual delay', () => {
  const { lists } = watched();
  const waits = Array.from({ length: 8 }, (_, id) => lists.postpone('example.net', id, 0));
  for (const ms of waits.slice(0, 5)) expect(ms).toBeLessThan(11_001);
  for (const ms of waits.slice(5)) expect(ms).toBeGreaterThanOrEqual(5 * MINUTE);
  expect(lists.postpone('example.net', 0, 40_000)).toBeGreaterThanOrEqual(40_000);
  expect(lists.postpone('example.net', 0, 40_000)).toBeLessThan(44_001);
});

test.each([20_000, 61_000, 5 * MINUTE, 25 * MINUTE])(
  'a greylist of %i ms is met before it has passed three times, by those who ask and by those who do not',
  (delay) => {
    const { lists } = watched();
    const arrival = (id: number) => {
      let waited = 0;
      while (waited < delay) waited += lists.postpone('example.net', id, waited);
      return waited;
    };
    const probe = arrival(1);
    expect(probe).toBeLessThan(3 * delay);
    for (let id = 2; id < 6; id++) lists.postpone('example.net', id, 0);
    if (delay > 2 * MINUTE) expect(arrival(99)).toBeLessThan(3 * delay);
    expect(lists.accepted('example.net', 1, probe)).toBe(probe);
    // From now on everybody comes once.
    expect(lists.postpone('example.net', 100, 0)).toBeGreaterThanOrEqual(probe);
    expect(lists.postpone('example.net', 100, 0)).toBeLessThanOrEqual(1.1 * probe);
  },
);

test('a delay that was not enough is found out anew; another domain says nothing of this one', () => {
  const { lists, pass } = watched();
  lists.postpone('example.net', 1, 0);
  pass(MINUTE);
  expect(lists.accepted('example.net', 1, MINUTE)).toBe(MINUTE);
  expect(lists.accepted('example.net', 2, MINUTE)).toBeNull();
  expect(lists.postpone('other.example', 3, 0)).toBeLessThan(11_001);
  expect(lists.postpone('example.net', 4, 2 * MINUTE)).toBeGreaterThanOrEqual(2 * MINUTE);
  expect(lists.postpone('example.net', 5, 30_000)).toBeGreaterThanOrEqual(30_000);
});

test('what others were given meanwhile says whether it is the provider, or this one delivery', () => {
  const { lists, pass } = watched();
  lists.postpone('example.net', 1, 0);
  pass(10 * MINUTE);
  expect(lists.tookSince('example.net', 10 * MINUTE)).toBe(false);
  lists.accepted('example.net', 2, null);
  pass(MINUTE);
  expect(lists.tookSince('example.net', 10 * MINUTE)).toBe(true);
});
