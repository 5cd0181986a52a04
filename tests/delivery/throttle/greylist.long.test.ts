/** A greylist before a whole list in one domain. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { greylist } from '../../helpers/relay-limits.ts';
import { openLaneHarness } from '../harness.ts';

test("a greylisted list of 2,000 readers in one domain is done within three times the greylist's own delay", async () => {
  // The usual times, fifteen times as fast: a greylist of five minutes.
  const times = { retryMs: [666, 2_000, 8_000, 40_000, 120_000], holdMs: 40_000, growMs: 4_000 };
  const delayMs = 20_000;
  const harness = await openLaneHarness({ workers: 2, times });
  let tries = 0;
  const refuse = greylist({ delayMs });
  harness.sink.behave = (step) => {
    if (step.stage === 'dot') tries += 1;
    return refuse(step);
  };
  const began = Date.now();
  const issue = await harness.send('one', { 'example.net': 2_000 });
  await harness.untilSent(issue, 90_000);
  expect(Date.now() - began).toBeLessThan(3 * delayMs);
  expect(await harness.states(issue)).toEqual({ 'other accepted': 2_000 });
  // Everybody is tried, a few find the delay out, and everybody comes when it has passed.
  expect(tries).toBeLessThan(2 * 2_000 + 400);
  const { rows } =
    await sql`SELECT 1 FROM attempts WHERE issue_id = ${issue} AND outcome = 'refused'`.execute(harness.db);
  expect(rows).toEqual([]);
  expect(harness.sink.doubles()).toEqual([]);
});
