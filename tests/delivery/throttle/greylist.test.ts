/** "Try again later": a greylist, or a provider that wants us slower. */
import { expect, test } from 'vitest';
import { greylist } from '../../helpers/relay-limits.ts';
import { until } from '../../helpers/until.ts';
import { openLaneHarness } from '../harness.ts';
import { stateOf, taken } from '../lane-watch.ts';

test('greylist: each reader is put off alone, twice as long each time, and no lane is held', async () => {
  const harness = await openLaneHarness({ times: { retryMs: [50, 150, 600, 3_000, 9_000], holdMs: 3_000 } });
  const delayMs = 800;
  const rspamd = greylist({ delayMs });
  const postgrey = greylist({
    delayMs,
    reply: '450 4.2.0 <x@y>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/',
    at: 'rcpt',
  });
  harness.sink.behave = (step) => (step.to?.endsWith('@gmail.com') ? rspamd(step) : postgrey(step));
  const issue = await harness.send('one', { 'example.net': 30, 'gmail.com': 30 });
  await harness.untilSent(issue);
  // How soon it is met is seen by the long test.
  expect(Math.max(...harness.sink.accepted.map(({ to }) => harness.sink.tries(to)))).toBeLessThanOrEqual(7);
  expect(await harness.states(issue)).toEqual({ 'google accepted': 30, 'other accepted': 30 });
  expect(await stateOf(harness, 'google')).toBeUndefined();
  expect(harness.sink.doubles()).toEqual([]);
});

test('"try again later" is the provider\'s patience when it is said to one that has waited through a hold', async () => {
  const harness = await openLaneHarness({ times: { retryMs: [100], holdMs: 500 } });
  let refuses = true;
  const met = new Set<string>();
  harness.sink.behave = ({ stage: at, to }) => {
    if (at !== 'rcpt' || to === null) return undefined;
    met.add(to);
    return refuses ? { reply: '450 4.7.1 Try again later' } : undefined;
  };
  const issue = await harness.send('one', { 'gmail.com': 30 });
  const state = await until('the lane is held', () => stateOf(harness, 'google'), { everyMs: 10 });
  expect(state).toMatchObject({ probing: true, reason: '450 4.7.1 Try again later' });
  // Everybody's first try told nothing.
  expect(met.size).toBe(30);
  refuses = false;
  await harness.untilSent(issue);
  expect(taken(harness.sink, 'gmail.com')).toHaveLength(30);
});
