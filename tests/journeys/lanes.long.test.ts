/** Lanes over processes: two workers, a relay that passes on a provider's throttle for a while. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { LaneView } from '../../src/cli/lane/list.ts';
import { until } from '../helpers/until.ts';
import { flawless, judge, openHarness, reader, SHORT_TIMES } from './harness.ts';

const READERS = 1_200;
const THROTTLED_REPLY = '421 4.7.28 Gmail has detected an unusual rate of unsolicited mail, rate limited';

test('one database: a throttled lane holds only itself over two processes; it halves, probes, grows, nobody is lost', async () => {
  let throttled = false;
  let tries = 0;
  const harness = await openHarness('database', {
    relay: 'pool=4',
    env: { POSTRIDER_TIMES: `${SHORT_TIMES} hold=1s grow=300ms` },
    sink: {
      behave: ({ stage: at, to }) => {
        if (at === 'dot') return { lateMs: 5 };
        if (at !== 'rcpt' || !to?.endsWith('@gmail.com') || !throttled) return undefined;
        tries += 1;
        return { reply: THROTTLED_REPLY };
      },
    },
  });
  await Promise.all([harness.up('worker'), harness.up('worker')]);
  await harness.newsletter(READERS);
  const issue = await harness.draft('throttled');
  await harness.json('issue', 'send', issue, '--yes');
  const google = () => harness.sink.accepted.filter(({ to }) => to.endsWith('@gmail.com')).length;
  await until('gmail takes some', () => google() >= 40);
  throttled = true;
  const others = (READERS / 4) * 3;
  await until('the others are done', () => harness.sink.accepted.length - google() === others, {
    withinMs: 60_000,
    found: () => `${harness.sink.accepted.length - google()} of ${others}`,
  });
  const lane = async () =>
    (await harness.json<LaneView[]>('lane', 'list', '--json')).find((view) => view.lane === 'google')
      ?.states[0];
  const held = await lane();
  expect(['held', 'probing']).toContain(held?.state);
  expect(held?.why).toContain('unusual rate');
  // What both processes had on the wire, and a probe with every hold since.
  expect(tries).toBeLessThanOrEqual(2 * 4 + 8);
  expect(google()).toBeLessThan(READERS / 4);
  throttled = false;
  const caps = new Set<number | null>();
  const watched = until(
    'the lane is open',
    async () => {
      const row = await harness
        .db!.selectFrom('lane_states')
        .selectAll()
        .where('lane', '=', 'google')
        .executeTakeFirst();
      caps.add(row?.probing ? 1 : (row?.connections ?? null));
      return (await harness.status(issue)).state === 'sent';
    },
    { withinMs: 120_000, everyMs: 20 },
  );
  await watched;
  expect(caps.has(1) && caps.has(2), `caps: ${[...caps]}`).toBe(true);
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
  expect(harness.sink.accepted.length).toBe(READERS);
  const { rows } = await sql<{ attempts: number; people: number }>`
    SELECT attempts::int, count(*)::int AS people FROM deliveries WHERE lane = 'google' GROUP BY 1`.execute(
    harness.db!,
  );
  expect(rows).toEqual([{ attempts: 1, people: READERS / 4 }]);
  expect(harness.sink.tries(reader(1))).toBe(1);
});
