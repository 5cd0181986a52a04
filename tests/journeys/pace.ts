/** A relay's rate, held over two worker processes together. */
import { expect } from 'vitest';
import type { Way } from '../helpers/ways.ts';
import { flawless, judge, openHarness } from './harness.ts';

export async function rateHolds(way: Way): Promise<void> {
  const rate = 40;
  const pool = 3;
  const harness = await openHarness(way, { relay: `pool=${pool}&rate=${rate}` });
  await Promise.all([harness.up('worker'), harness.up('worker')]);
  await harness.newsletter(200);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilState(issue, 'sent');
  expect(harness.sink.busiest(1_000)).toBeLessThanOrEqual(1.1 * rate + 2 * pool);
  const span = harness.sink.accepted.at(-1)!.at - harness.sink.accepted[0]!.at;
  // Held, but not strangled: at least half of what is allowed.
  expect((199 * 1_000) / span).toBeGreaterThan(rate / 2);
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
}
