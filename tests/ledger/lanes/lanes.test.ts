/** Lanes at work: two workers, a real ledger, and a relay that passes on what providers say. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openLaneHarness } from '../../delivery/harness.ts';
import { stateOf, taken, watchDomain } from '../../delivery/lane-watch.ts';
import { limit } from '../../helpers/machine.js';
import { until } from '../../helpers/until.ts';

const LIMITED = '550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1';
const UNUSUAL = '450 4.7.28 Our system has detected an unusual rate of unsolicited mail';

test('a throttled lane holds only itself: the others do not wait, nobody is lost, no attempt is counted', async () => {
  const harness = await openLaneHarness({ workers: 2, times: { holdMs: 50 } });
  let limited = true;
  const seen = watchDomain(harness.sink, 'qq.com', () => (limited ? LIMITED : undefined));
  const issue = await harness.send('one', { 'qq.com': 60, 'gmail.com': 200, 'example.net': 200 });
  await until(
    'the others are done',
    () => taken(harness.sink, 'gmail.com').length + taken(harness.sink, 'example.net').length === 400,
  );
  const state = await until('the lane is held', () => stateOf(harness, 'tencent'));
  expect(state).toMatchObject({ relay: 'sink', probing: true, reason: LIMITED });
  // What both workers had on the wire when the first was throttled; from then on single probes.
  expect(seen.tries).toBeLessThanOrEqual(2 * harness.relay.settings.pool + 2);
  const before = seen.tries;
  seen.max = 0;
  await until('it was probed in vain', () => seen.tries > before);
  expect(seen.max, 'one probe at a time').toBe(1);
  expect(taken(harness.sink, 'qq.com')).toEqual([]);
  limited = false;
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({
    'google accepted': 200,
    'other accepted': 200,
    'tencent accepted': 60,
  });
  expect([harness.sink.accepted.length, harness.sink.doubles()]).toEqual([460, []]);
  const { rows } = await sql<{ attempts: number; n: number }>`
    SELECT attempts::int, count(*)::int AS n FROM deliveries WHERE issue_id = ${issue} GROUP BY 1`.execute(
    harness.db,
  );
  expect(rows).toEqual([{ attempts: 1, n: 460 }]);
});

test('after the hold it probes with one, and grows back step by step until nothing limits it', async () => {
  const harness = await openLaneHarness({
    workers: 2,
    relay: { pool: 3 },
    times: { holdMs: 300, growMs: 100 },
  });
  let limited = true;
  const caps: (number | null)[] = [];
  watchDomain(harness.sink, 'gmail.com', () => (limited ? UNUSUAL : undefined));
  const issue = await harness.send('one', { 'gmail.com': 1_500 });
  await until('the lane is held', () => stateOf(harness, 'google'));
  limited = false;
  await until(
    'the lane is open again',
    async () => {
      const state = await stateOf(harness, 'google');
      const cap = state?.connections ?? null;
      if (caps.at(-1) !== cap) caps.push(cap);
      return state && !state.probing && cap === null;
    },
    { everyMs: 10 },
  );
  // Gmail's recipe: one connection, then one at a time, up to both workers' pools.
  const steps = caps.slice(0, -1) as number[];
  expect([steps[0], caps.at(-1)]).toEqual([1, null]);
  // A busy machine may look away during a step, so it is the order that counts.
  expect(steps).toEqual([1, 2, 3, 4, 5].filter((cap) => steps.includes(cap)));
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({ 'google accepted': 1_500 });
});

test('a small issue and a service mail go out amid large sends about a second later than alone, at the most', async () => {
  const harness = await openLaneHarness({ relay: { pool: 4 } });
  const { sink } = harness;
  sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 20 } : undefined);
  const ask = async (name: string) => {
    const startedAt = Date.now();
    const after = (to: string) => (sink.accepted.find((mail) => mail.to === to)?.at ?? Infinity) - startedAt;
    await harness.send(name, { 'example.org': 1 });
    await harness.serviceMail(`${name}@gmail.com`);
    await until(
      'both are out',
      () => after(`${name}@gmail.com`) < Infinity && after(`1.${name}@example.org`) < Infinity,
    );
    return { service: after(`${name}@gmail.com`), small: after(`1.${name}@example.org`) };
  };
  await ask('first');
  const alone = await ask('alone');
  const lanes = ['gmail.com', 'qq.com', 'outlook.com', 'yahoo.com', 'icloud.com', '163.com', 'example.net'];
  const crowd = Object.fromEntries(lanes.map((domain) => [domain, 400]));
  const large = [await harness.send('large', crowd), await harness.send('huge', crowd)];
  await until('the large sends are in full swing', () => sink.accepted.length > 100);
  const amid = await ask('amid');
  const later = { service: amid.service - alone.service, small: amid.small - alone.small };
  expect(sink.accepted.length, 'the large sends were still at it').toBeLessThan(4_000);
  expect(later.service).toBeLessThan(limit(1_500));
  expect(later.small).toBeLessThan(limit(1_500));
  for (const issue of large)
    await sql`UPDATE issues SET state = 'cancelled' WHERE id = ${issue}`.execute(harness.db);
});
