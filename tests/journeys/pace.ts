/** A relay's rate, held over two worker processes together. */
import { expect } from 'vitest';
import type { Way } from '../helpers/ways.ts';
import { flawless, judge, openStage } from './stage.ts';

export async function rateHolds(way: Way): Promise<void> {
  const rate = 40;
  const pool = 3;
  const stage = await openStage(way, { relay: `pool=${pool}&rate=${rate}` });
  await Promise.all([stage.up('worker'), stage.up('worker')]);
  await stage.newsletter(200);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilState(issue, 'sent');
  expect(stage.sink.busiest(1_000)).toBeLessThanOrEqual(1.1 * rate + 2 * pool);
  const span = stage.sink.accepted.at(-1)!.at - stage.sink.accepted[0]!.at;
  // Held, but not strangled: at least half of what is allowed.
  expect((199 * 1_000) / span).toBeGreaterThan(rate / 2);
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
}
