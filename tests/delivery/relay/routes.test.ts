/** Whose turn it is among the relays of an issue. */
import { expect, test } from 'vitest';
import type { Courier } from '../../../src/delivery/relay/dispatcher.ts';
import { Routes, type Way } from '../../../src/delivery/relay/routes.ts';
import { unlimited } from '../../../src/ledger/relays/terms.ts';

interface Stand {
  isUp?: boolean;
  refusesLogin?: boolean;
  for?: 'issues' | 'service' | 'all';
}

let probes: string[] = [];

/** Only what choosing looks at. */
function courier(name: string, stand: Stand = {}): Courier {
  const { isUp = true, refusesLogin = false } = stand;
  return {
    relay: { settings: { name, for: stand.for ?? 'all' } },
    standing: { isUp, refusesLogin },
    probe: async () => void probes.push(name),
  } as unknown as Courier;
}

function routes(...couriers: Courier[]): Routes {
  probes = [];
  return new Routes(couriers, () => ({ ...unlimited, weight: 2 }));
}

const names = (ways: readonly Way[]) => ways.map((way) => way.courier.relay.settings.name);
const turns = (of: Routes, ways: readonly Way[], count: number, issue = 1) =>
  Array.from({ length: count }, () => of.choose(issue, ways).way.courier.relay.settings.name);

test('a route names its relays in order; those that SMTP_URL does not know any more are passed over', () => {
  const all = routes(courier('a'), courier('b'));
  const ways = all.waysOf('b:3,gone:9,a', 'issues');
  expect(ways.map(({ courier, weight }) => [courier.relay.settings.name, weight])).toEqual([
    ['b', 3],
    ['a', 2],
  ]);
  expect(all.waysOf('gone', 'issues')).toEqual([]);
});

test('without a route: the relays for that purpose, else the first for all', () => {
  const all = routes(courier('bulk', { for: 'issues' }), courier('a'), courier('b'));
  expect(names(all.waysOf(null, 'issues'))).toEqual(['bulk']);
  expect(names(all.waysOf(null, 'service'))).toEqual(['a']);
  expect(
    names(routes(courier('s', { for: 'service' }), courier('t', { for: 'service' })).waysOf(null, 'service')),
  ).toEqual(['s', 't']);
});

test('turns follow the weights from the first window on, issue by issue', () => {
  const all = routes(courier('a'), courier('b'));
  const ways = all.waysOf('a:3,b:1', 'issues');
  expect(turns(all, ways, 8).join('')).toBe('aabaaaba');
  expect(turns(all, ways, 4, 2).join('')).toBe('aaba');
});

test('a turn in which nothing was there counts for nothing', () => {
  const all = routes(courier('a'), courier('b'));
  const ways = all.waysOf('a:1,b:1', 'issues');
  for (let n = 0; n < 3; n++) all.choose(1, ways).took(0);
  expect(turns(all, ways, 4).join('')).toBe('abab');
});

test('a relay that is down has no turn, is tried beside, and has no arrears when it is back', () => {
  const down = { isUp: false };
  const a = courier('a', down);
  const all = routes(a, courier('b'));
  const ways = all.waysOf('a:1,b:1', 'issues');
  expect(turns(all, ways, 6).join('')).toBe('bbbbbb');
  expect(probes).toHaveLength(6);
  Object.assign(a.standing, { isUp: true });
  expect([...turns(all, ways, 4)].filter((name) => name === 'a')).toHaveLength(2);
});

test('none up: one that may come back by itself, rather than one that wants a person', () => {
  const all = routes(courier('a', { isUp: false, refusesLogin: true }), courier('b', { isUp: false }));
  expect(new Set(turns(all, all.waysOf('a:9,b:1', 'issues'), 5))).toEqual(new Set(['b']));
});

test('a relay alone is always the one, and is not tried beside', () => {
  const all = routes(courier('a', { isUp: false }));
  expect(turns(all, all.waysOf('a', 'issues'), 2)).toEqual(['a', 'a']);
  expect(probes).toEqual([]);
});
