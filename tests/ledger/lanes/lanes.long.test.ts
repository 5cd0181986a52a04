/** Lanes at work, where it takes longer to see. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openLaneHarness } from '../../delivery/harness.ts';
import { taken, watchDomain } from '../../delivery/lane-watch.ts';
import { until } from '../../helpers/until.ts';

test('among the many small providers only the one that throttles waits', async () => {
  const harness = await openLaneHarness({ times: { holdMs: 1_000 } });
  let limited = true;
  const seen = watchDomain(harness.sink, 'slow.example', () =>
    limited ? '450 4.7.1 too many messages' : undefined,
  );
  const issue = await harness.send('one', { 'slow.example': 80, 'other.example': 200 });
  await until('the others are done', () => taken(harness.sink, 'other.example').length === 200);
  // The others of that provider are put off untried, and say so.
  await until('all of it is put off', async () => {
    const states = await harness.states(issue);
    return (states['other deferred: throttled'] ?? 0) + (states['other deferred: held'] ?? 0) === 80;
  });
  expect(seen.tries).toBeLessThanOrEqual(4 * harness.relay.settings.pool);
  const { rows } = await sql`SELECT 1 FROM attempts WHERE issue_id = ${issue}`.execute(harness.db);
  expect(rows.length).toBe(seen.tries);
  limited = false;
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({ 'other accepted': 280 });
  expect(harness.sink.doubles()).toEqual([]);
});

test('a limit that is set holds over both workers together, and so does a rate', async () => {
  const harness = await openLaneHarness({
    workers: 2,
    prepare: (db) =>
      sql`INSERT INTO lane_limits (lane, relay, connections, rate) VALUES ('google', '', 2, NULL), ('tencent', 'sink', NULL, 40)`.execute(
        db,
      ),
  });
  const seen = watchDomain(harness.sink, 'gmail.com', () => undefined);
  const issue = await harness.send('one', { 'gmail.com': 80, 'qq.com': 60, 'example.net': 100 });
  await harness.untilSent(issue);
  expect(seen.max).toBe(2);
  const times = taken(harness.sink, 'qq.com').map(({ at }) => at);
  expect(times).toHaveLength(60);
  // 60 messages at 40 a second take 1.5 s, less the few that a late one may be followed by at once.
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(1_200);
  expect(harness.sink.doubles()).toEqual([]);
});

test('with two relays, a lane that is held at one goes through the other meanwhile', async () => {
  const harness = await openLaneHarness({ second: true, times: { holdMs: 60_000 } });
  const seen = watchDomain(harness.sink, 'qq.com', () => '550 Ip frequency limited');
  const issue = await harness.send('one', { 'qq.com': 120, 'gmail.com': 200 });
  // The hold at the first is six minutes in these times: nothing of it is waited for.
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({ 'google accepted': 200, 'tencent accepted': 120 });
  expect(seen.tries).toBeLessThanOrEqual(2 * harness.relay.settings.pool);
  expect(taken(harness.sink, 'qq.com')).toEqual([]);
  expect(harness.second && taken(harness.second, 'qq.com').length).toBe(120);
});
