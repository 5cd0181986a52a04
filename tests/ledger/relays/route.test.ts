import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { idleLanes } from '../../../src/ledger/lanes/idle-lanes.ts';
import { laneProgress } from '../../../src/ledger/lanes/progress.ts';
import { throttleLane } from '../../../src/ledger/lanes/states.ts';
import { readRoute, relayNames, relaysOf, routeText } from '../../../src/ledger/relays/route.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { plannedIssue } from '../fixtures.ts';

const database = useTestDatabase();

test('names with and without weights, blanks between them or not', () => {
  expect(readRoute('main:3, backup:1,third')).toEqual([
    { relay: 'main', weight: 3 },
    { relay: 'backup', weight: 1 },
    { relay: 'third', weight: null },
  ]);
});

test('an IPv6 host is a name, with a weight or without', () => {
  expect(readRoute('[::1],[2001:db8::2]:4')).toEqual([
    { relay: '[::1]', weight: null },
    { relay: '[2001:db8::2]', weight: 4 },
  ]);
});

test.each(['main', 'main:3,backup:1', '[::1]:2'])('%s is said as it was written', (text) => {
  expect(routeText(readRoute(text))).toBe(text);
});

test.each([
  ['', /expected the names of relays/],
  ['a,,b', /expected the names of relays/],
  ['a:0', /a weight from 1 to 1000/],
  ['a:1001', /a weight from 1 to 1000/],
  ['a,b,a:2', /every relay once, found "a" twice/],
])('"%s" is refused', (text, why) => {
  expect(() => readRoute(text)).toThrow(why);
});

test.each(['main', 'main:3', 'main:3,backup:12,third', '[::1]', '[2001:db8::2]:4,[::1],a.b:1'])(
  'queries see the same relays in %s',
  async (route) => {
    const { rows } = await sql<{
      names: string[];
    }>`SELECT ${relayNames(sql`${route}::text`)} AS names`.execute(database.db);
    expect(rows[0]!.names).toEqual(relaysOf(route));
  },
);

const hold = (relay: string) =>
  throttleLane(
    database.db,
    { relay, lane: 'other', version: 0 },
    { inUse: 1, base: null, fromOne: false, holdMs: 60_000, reason: '421 slow down' },
  );
const seenOf = async (issue: number) => ({
  rings: (await idleLanes(database.db, 1, issue)).length > 0,
  isHeld: (await laneProgress(database.db, issue))[0]!.heldUntil !== null,
});

test.each([
  ['with a weight', 'weighted:3', ['weighted']],
  ['called by an IPv6 address', '[::1]', ['[::1]']],
  ['beside another', 'one:3,two:1', ['one', 'two']],
])('a lane that is held at its relay, %s, is seen as held and not rung for', async (_, route, relays) => {
  const { issue } = await plannedIssue(database.db, 1);
  await sql`UPDATE sends SET route = ${route} WHERE issue_id = ${issue}`.execute(database.db);
  for (const relay of relays) {
    expect(await seenOf(issue)).toEqual({ rings: true, isHeld: false });
    await hold(relay);
  }
  expect(await seenOf(issue)).toEqual({ rings: false, isHeld: true });
});
