/** What a relay takes of us, where it takes longer to see. */
import { expect, test } from 'vitest';
import { until } from '../../helpers/until.ts';
import { openLaneHarness } from '../harness.ts';

test('a small domain that speaks of our pace again, while others are taken, holds only itself', async () => {
  const harness = await openLaneHarness({ relay: { pool: 2 }, times: { backoffMs: 150, holdMs: 600 } });
  let strict = true;
  harness.sink.behave = ({ stage: at, to }) =>
    at === 'rcpt' && strict && to?.endsWith('@strict.example')
      ? { reply: '450 4.7.1 Error: too much mail from 192.0.2.1' }
      : undefined;
  const issue = await harness.send('one', { 'strict.example': 8, 'example.net': 120 });
  await until('all others are reached', () => harness.sink.accepted.length === 120);
  strict = false;
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({ 'other accepted': 128 });
});
