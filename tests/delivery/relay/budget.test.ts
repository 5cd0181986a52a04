/** What a relay takes of us in a span of time: it rests, and nobody pays for it. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { endBackoffByHand, readBackoffs } from '../../../src/ledger/relays/backoff.ts';
import { issueStatus } from '../../../src/stats/status.ts';
import { clientRate, quota } from '../../helpers/relay-limits.ts';
import { until } from '../../helpers/until.ts';
import { type LaneHarness, openLaneHarness } from '../harness.ts';

const attemptsOf = async ({ db }: LaneHarness, issue: number) => {
  const { rows } = await sql<{ attempts: number; n: number }>`
    SELECT attempts::int, count(*)::int AS n FROM deliveries WHERE issue_id = ${issue} GROUP BY 1 ORDER BY 1`.execute(
    db,
  );
  return rows;
};

const heldLanes = async ({ db }: LaneHarness) =>
  (await sql`SELECT lane FROM lane_states WHERE version > 0`.execute(db)).rows;

test('client-rate: words that name the client rest the relay, hold no lane and cost no attempt', async () => {
  const harness = await openLaneHarness({ relay: { pool: 3 }, times: { backoffMs: 400, heartbeatMs: 300 } });
  let tries = 0;
  const limit = clientRate({ max: 30, spanMs: 350 });
  harness.sink.behave = (step) => {
    if (step.stage === 'rcpt') tries += 1;
    return limit(step);
  };
  const issue = await harness.send('one', { 'gmail.com': 50, 'example.net': 50 });
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({ 'google accepted': 50, 'other accepted': 50 });
  expect(await attemptsOf(harness, issue)).toEqual([{ attempts: 1, n: 100 }]);
  expect(await heldLanes(harness)).toEqual([]);
  // What was on the connection when it began to rest, and one that asked after each rest.
  expect(tries - 100).toBeLessThanOrEqual(15);
  expect(harness.sink.doubles()).toEqual([]);
});

const QUOTAS = [
  ['quota at RCPT', 'rcpt', '550 5.4.5 Daily user sending quota exceeded. 00-gsmtp'],
  ['quota at the dot', 'dot', "554 5.1.90 you've reached your daily limit for message recipients"],
] as const;

test.each(QUOTAS)(
  '%s: everybody behind it waits, the operator reads why, and all are reached in the end',
  async (_, at, reply) => {
    const harness = await openLaneHarness({ relay: { pool: 3 }, times: { heartbeatMs: 200 } });
    const { sink, db } = harness;
    let full = false;
    let refusals = 0;
    const limit = quota({ sink, max: 20, reply, at, full: () => full });
    sink.behave = (step) => {
      const behaviour = limit(step);
      if (behaviour) refusals += 1;
      return behaviour;
    };
    const issue = await harness.send('one', { 'gmail.com': 40, 'example.net': 40 });
    const status = await until('it waits for the relay', async () => {
      const found = await issueStatus(db, issue);
      return found.waitsFor?.includes('relay sink') ? found : null;
    });
    expect(status.waitsFor).toContain(reply);
    expect(Date.parse(status.waitsUntil!) - Date.now()).toBeGreaterThan(3_500_000);
    expect(status.counts).toMatchObject({ refused: 0, waiting: 80 - sink.accepted.length });
    expect((await readBackoffs(db)).get('sink')?.backoff?.why).toContain('relay sink');
    expect(await heldLanes(harness)).toEqual([]);
    const before = refusals;
    expect(before).toBeLessThanOrEqual(6);
    full = true;
    // The operator bought more: nobody waits for the hour.
    await endBackoffByHand(db, 'sink');
    await harness.untilSent(issue);
    expect(await harness.states(issue)).toEqual({ 'google accepted': 40, 'other accepted': 40 });
    expect(await attemptsOf(harness, issue)).toEqual([{ attempts: 1, n: 80 }]);
    expect(sink.doubles()).toEqual([]);
  },
);
