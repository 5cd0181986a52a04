/** Whose turn it is among the relays of an issue. */
import { expect, test } from 'vitest';
import type { Dispatcher } from '../../../src/delivery/relay/dispatcher.ts';
import { RelayRouter, type RouteCandidate } from '../../../src/delivery/relay/router.ts';
import { noLimits } from '../../../src/ledger/relays/terms.ts';

interface Stand {
  isUp?: boolean;
  refusesLogin?: boolean;
  for?: 'issues' | 'service' | 'all';
}

let checks: string[] = [];

/** Only what choosing looks at. */
function dispatcher(name: string, stand: Stand = {}): Dispatcher {
  const { isUp = true, refusesLogin = false } = stand;
  return {
    relay: { settings: { name, for: stand.for ?? 'all' } },
    health: { isUp, refusesLogin },
    checkWhetherBack: async () => void checks.push(name),
  } as unknown as Dispatcher;
}

function routes(...dispatchers: Dispatcher[]): RelayRouter {
  checks = [];
  return new RelayRouter(dispatchers, () => ({ ...noLimits, weight: 2 }));
}

const names = (candidates: readonly RouteCandidate[]) =>
  candidates.map(({ dispatcher }) => dispatcher.relay.settings.name);
const turns = (of: RelayRouter, candidates: readonly RouteCandidate[], count: number, issue = 1) =>
  Array.from({ length: count }, () => of.choose(issue, candidates).candidate.dispatcher.relay.settings.name);

test('a route names its relays in order; those that SMTP_URL does not know any more are passed over', () => {
  const all = routes(dispatcher('a'), dispatcher('b'));
  const candidates = all.candidatesFor('b:3,gone:9,a', 'issues');
  expect(candidates.map(({ dispatcher, weight }) => [dispatcher.relay.settings.name, weight])).toEqual([
    ['b', 3],
    ['a', 2],
  ]);
  expect(all.candidatesFor('gone', 'issues')).toEqual([]);
});

test('without a route: the relays for that purpose, else the first for all', () => {
  const all = routes(dispatcher('bulk', { for: 'issues' }), dispatcher('a'), dispatcher('b'));
  expect(names(all.candidatesFor(null, 'issues'))).toEqual(['bulk']);
  expect(names(all.candidatesFor(null, 'service'))).toEqual(['a']);
  expect(
    names(
      routes(dispatcher('s', { for: 'service' }), dispatcher('t', { for: 'service' })).candidatesFor(
        null,
        'service',
      ),
    ),
  ).toEqual(['s', 't']);
});

test('turns follow the weights from the first batch on, issue by issue', () => {
  const all = routes(dispatcher('a'), dispatcher('b'));
  const candidates = all.candidatesFor('a:3,b:1', 'issues');
  expect(turns(all, candidates, 8).join('')).toBe('aabaaaba');
  expect(turns(all, candidates, 4, 2).join('')).toBe('aaba');
});

test('a turn in which nothing was there counts for nothing', () => {
  const all = routes(dispatcher('a'), dispatcher('b'));
  const candidates = all.candidatesFor('a:1,b:1', 'issues');
  for (let n = 0; n < 3; n++) all.choose(1, candidates).took(0);
  expect(turns(all, candidates, 4).join('')).toBe('abab');
});

test('a relay that is down has no turn, is tried beside, and has no arrears when it is back', () => {
  const down = { isUp: false };
  const a = dispatcher('a', down);
  const all = routes(a, dispatcher('b'));
  const candidates = all.candidatesFor('a:1,b:1', 'issues');
  expect(turns(all, candidates, 6).join('')).toBe('bbbbbb');
  expect(checks).toHaveLength(6);
  Object.assign(a.health, { isUp: true });
  expect([...turns(all, candidates, 4)].filter((name) => name === 'a')).toHaveLength(2);
});

test('none up: one that may come back by itself, rather than one that wants a person', () => {
  const all = routes(dispatcher('a', { isUp: false, refusesLogin: true }), dispatcher('b', { isUp: false }));
  expect(new Set(turns(all, all.candidatesFor('a:9,b:1', 'issues'), 5))).toEqual(new Set(['b']));
});

test('a relay alone is always the one, and is not tried beside', () => {
  const all = routes(dispatcher('a', { isUp: false }));
  expect(turns(all, all.candidatesFor('a', 'issues'), 2)).toEqual(['a', 'a']);
  expect(checks).toEqual([]);
});
