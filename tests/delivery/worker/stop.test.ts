import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Stop } from '../../../src/delivery/worker/stop.ts';

test('a stop aborts by itself, with any of its sources, and at once with one that has aborted', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const itself = new Stop(one.signal, other.signal);
  const withSource = new Stop(one.signal, other.signal);
  itself.abort();
  expect([itself.signal.aborted, withSource.signal.aborted, one.signal.aborted]).toEqual([
    true,
    false,
    false,
  ]);
  other.abort();
  expect(withSource.signal.aborted).toBe(true);
  expect(new Stop(one.signal, other.signal).signal.aborted).toBe(true);
});

test('a released stop leaves nothing behind on its sources, and they abort it no more', () => {
  const source = new AbortController();
  const stops = Array.from({ length: 100 }, () => new Stop(source.signal));
  for (const stop of stops) stop.release();
  expect(getEventListeners(source.signal, 'abort')).toEqual([]);
  source.abort();
  expect(stops.some((stop) => stop.signal.aborted)).toBe(false);
});
