import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { CliContext, OpenContext } from '../../../src/cli/context.ts';
import { type LaneView, list } from '../../../src/cli/lane/list.ts';
import { set } from '../../../src/cli/lane/set.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { addressees } from '../../../src/ledger/audience.ts';
import { readLanes } from '../../../src/ledger/lanes/lanes.ts';
import { throttleLane } from '../../../src/ledger/lanes/states.ts';
import { settleUnmarked } from '../../../src/ledger/settle-unmarked.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { makeIssue, makeReaders, planAll, rowsOf, settle } from '../../ledger/fixtures.ts';

const database = useTestDatabase();

/** Runs one act of the command; what it says for machines and for people. */
async function outputOf(
  act: (open: OpenContext) => Promise<void>,
): Promise<{ value: unknown; human: string }> {
  let answer = { value: undefined as unknown, human: '' };
  const relays = [{ settings: { name: 'main' } }];
  const program = { db: database.db, clock: systemClock, relays } as unknown as CliContext['program'];
  await act(async () => ({
    program,
    out: (value, human) => {
      answer = { value, human };
    },
    close: async () => {},
  }));
  return answer;
}
const listed = async () => (await outputOf(list)).value as LaneView[];
const laneSet = (lane: string, options: Parameters<typeof set>[2]) =>
  outputOf((open) => set(open, lane, options));
const lanesOf = async (newsletter: number) => {
  const { db } = database;
  for await (const page of addressees(db, newsletter, await readLanes(db)))
    return page.map(({ lane }) => lane);
  return [];
};

test('lane list has every lane of the design with its domains, and says that nothing limits them', async () => {
  const views = await listed();
  expect(views.map(({ lane }) => lane)).toEqual([
    'google',
    'microsoft',
    'yahoo',
    'apple',
    'tencent',
    'netease',
    'other',
  ]);
  expect(views[0]).toEqual({ lane: 'google', domains: 3, own: [], limits: [], states: [] });
  expect(views.map(({ domains }) => domains).every((n, at) => (at === 6 ? n === 0 : n > 2))).toBe(true);
});

test('a domain is moved into a lane, and planned with it; a new lane begins with its domains', async () => {
  const newsletter = await insertNewsletter(database.db);
  await makeReaders(database.db, newsletter, 1, 'firm.example');
  await makeReaders(database.db, newsletter, 1, 'gmx.de');
  await makeReaders(database.db, newsletter, 1, 'hotmail.co.uk');
  expect(await lanesOf(newsletter)).toEqual(['other', 'other', 'microsoft']);
  await laneSet('google', { domain: ['Firm.Example'] });
  await laneSet('gmx', { domain: ['gmx.de', 'web.de'], connections: '4' });
  expect(await lanesOf(newsletter)).toEqual(['google', 'gmx', 'microsoft']);
  const gmx = (await listed()).find(({ lane }) => lane === 'gmx');
  expect(gmx).toMatchObject({ domains: 2, limits: [{ relay: null, connections: 4, rate: null }] });
  await laneSet('gmx', { clear: true });
  expect(await lanesOf(newsletter)).toEqual(['google', 'other', 'microsoft']);
});

test('limits are set for a relay or for all, changed one by one, and taken away', async () => {
  await laneSet('yahoo', { connections: '8', rate: '2.5' });
  await laneSet('yahoo', { connections: '3', relay: 'main' });
  const limits = async () => (await listed()).find(({ lane }) => lane === 'yahoo')?.limits;
  expect(await limits()).toEqual([
    { relay: null, connections: 8, rate: 2.5 },
    { relay: 'main', connections: 3, rate: null },
  ]);
  await laneSet('yahoo', { rate: '0' });
  await laneSet('yahoo', { connections: '0', relay: 'main' });
  expect(await limits()).toEqual([{ relay: null, connections: 8, rate: null }]);
});

test('a throttled lane says until when and why; clear opens it', async () => {
  const why = '421 4.7.28 unusual rate';
  const seen = { relay: 'main', lane: 'apple', version: 0 };
  await throttleLane(database.db, seen, {
    inUse: 4,
    base: null,
    fromOne: false,
    holdMs: 60_000,
    reason: why,
  });
  const { value, human } = await outputOf(list);
  const apple = (value as LaneView[]).find(({ lane }) => lane === 'apple');
  expect(apple?.states).toMatchObject([{ relay: 'main', state: 'held', connections: 0, why }]);
  expect(Date.parse(apple?.states[0]?.heldUntil ?? '')).toBeGreaterThan(Date.now() + 50_000);
  expect(human).toMatch(/^apple .*main: held until .*421 4\.7\.28 unusual rate/m);
  const { value: after } = await laneSet('apple', { clear: true, relay: 'main' });
  expect(after).toMatchObject({ states: [{ state: 'open', heldUntil: null, why: null }] });
});

test('clear makes what waited for the end of a hold due now, and nothing else', async () => {
  const { db } = database;
  const newsletter = await insertNewsletter(db);
  await makeReaders(db, newsletter, 3, 'qq.com');
  const issue = await makeIssue(db, newsletter);
  await planAll(db, issue);
  const [throttled, other] = await rowsOf(db, issue);
  const later = { state: 'deferred', dueInMs: 3_600_000, relay: 'main' } as const;
  for (const [row, reason] of [
    [throttled, 'throttled'],
    [other, 'temporary'],
  ] as const)
    await settleUnmarked(db, issue, settle(row?.id ?? 0, 0, { ...later, reason }));
  await laneSet('tencent', { clear: true });
  const { rows } = await sql<{ reason: string; now: boolean }>`
    SELECT reason, due_at <= clock_timestamp() AS now FROM deliveries WHERE issue_id = ${issue} AND due_at IS NOT NULL ORDER BY id`.execute(
    db,
  );
  expect(rows).toEqual([
    { reason: 'throttled', now: true },
    { reason: 'temporary', now: false },
  ]);
});

test.each<[string, string, Parameters<typeof set>[2], RegExp]>([
  ['a lane that is none', 'gogle', { connections: '3' }, /no lane "gogle".*google, microsoft/],
  ['a name that means something else', 'service', { connections: '3' }, /expected a lane/],
  ['nothing to change', 'google', {}, /say what to change/],
  ['a relay that is none', 'google', { connections: '3', relay: 'mian' }, /"mian"/],
  ['a domain that is none', 'google', { domain: ['not a domain'] }, /--domain: expected a domain/],
  ['a limit that is none', 'google', { connections: 'many' }, /--connections: expected a number/],
  ['mx of a provider', 'google', { mx: 'on' }, /lane set other --mx on/],
])('says what is wrong with %s', async (_, lane, options, message) => {
  await expect(laneSet(lane, options)).rejects.toThrow(message);
});
