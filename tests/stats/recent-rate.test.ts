import { expect, test } from 'vitest';
import { RecentRate } from '../../src/stats/recent-rate.ts';

test('nothing is said before a second has been seen', () => {
  const rate = new RecentRate();
  expect(rate.perSecond()).toBeNull();
  rate.add(0, 0);
  rate.add(300, 90);
  expect(rate.perSecond()).toBeNull();
});

test('the rate is that of the last ten seconds, whatever was before', () => {
  const rate = new RecentRate();
  for (let second = 0; second <= 60; second += 1) rate.add(second * 1_000, second * 1_000);
  expect(rate.perSecond()).toBe(1_000);
  for (let second = 61; second <= 70; second += 1) rate.add(second * 1_000, 60_000 + (second - 60) * 10);
  expect(rate.perSecond()).toBe(10);
});

test('a send that stands still has rate 0', () => {
  const rate = new RecentRate();
  for (let second = 0; second < 30; second += 1) rate.add(second * 1_000, 500);
  expect(rate.perSecond()).toBe(0);
});
