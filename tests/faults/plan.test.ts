/** The seeds of a run decide what its trials cover, not luck. */
import { describe, expect, test } from 'vitest';
import type { Step } from '../helpers/sink-behaviour.ts';
import { everyFault, type Fault, planOf } from './plan.ts';
import { allRelayFaults, relayFault } from './relay-faults.ts';

const faults: Record<Fault, true> = {
  ...{ 'kill at connect': true, 'kill at mail': true, 'kill at rcpt': true, 'kill at data': true },
  ...{ 'kill at body': true, 'kill at dot': true, 'kill at answered': true, kill: true, 'kill web': true },
  ...{ term: true, stop: true, clock: true, connections: true, pause: true, 'pause 100 times': true },
  ...{ cancel: true, leave: true, suppress: true, 'relay cut': true, 'relay away': true },
  ...{ 'redis killed': true, 'redis emptied': true, 'redis full': true, 'redis away': true },
  ...{ 'postgres killed': true, 'postgres away': true, 'disk full': true },
};
const round = (from: number) => Array.from({ length: 12 }, (_, n) => planOf(from + n, 1_000));

describe.each([1, 13, 100])('twelve seeds from %i on', (from) => {
  const plans = round(from);

  test('inject every kind of fault', () => {
    const injected = new Set(plans.flatMap((plan) => plan.faults.map(({ fault }) => fault)));
    expect([...injected].sort()).toEqual(Object.keys(faults).sort());
    expect([...everyFault].sort()).toEqual(Object.keys(faults).sort());
  });

  test('take every way, policy, kind of TLS and start', () => {
    const all = <K extends 'way' | 'policy' | 'tls' | 'start'>(key: K) =>
      [...new Set(plans.map((plan) => plan[key]))].sort();
    expect(all('way')).toEqual(['database', 'embedded', 'full']);
    expect(all('policy')).toEqual(['hold', 'resend']);
    expect(all('tls')).toEqual(['implicit', 'none', 'starttls']);
    expect(all('start')).toEqual(['at', 'now', 'twice']);
  });

  test('inject faults in order and before most of the send is over; only a cancel ends it', () => {
    for (const { faults: list } of plans) {
      const times = list.map(({ after }) => after);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(Math.max(...times)).toBeLessThan(750);
      expect(list.slice(0, -1).map(({ fault }) => fault)).not.toContain('cancel');
    }
  });

  test('inject no fault into a server that is not there', () => {
    for (const { way, ownPostgres, smallDisk, faults: list } of plans)
      for (const { fault } of list) {
        if (fault.startsWith('redis')) expect(way).toBe('full');
        if (fault.startsWith('postgres')) expect(way === 'embedded' || ownPostgres).toBe(true);
        if (fault === 'disk full') expect(smallDisk).toBe(true);
        if (fault === 'kill web' || fault === 'clock') expect(way).not.toBe('embedded');
      }
  });
});

test('a seed is the same again', () => {
  expect(planOf(17, 1_000)).toEqual(planOf(17, 1_000));
  expect(planOf(17, 1_000)).not.toEqual(planOf(29, 1_000));
});

test('the ten with the times of production freeze a worker and take Redis and PostgreSQL away for long', () => {
  const long = Array.from({ length: 10 }, (_, n) => planOf(n + 1, 10_000, true));
  const injected = long.flatMap((plan) => plan.faults.map(({ fault }) => fault));
  expect(injected).toEqual(expect.arrayContaining(['stop', 'redis away', 'postgres away']));
  expect(new Set(long.map((plan) => plan.way))).toEqual(new Set(['full', 'embedded']));
});

describe('the faults of the relay', () => {
  const step: Step = {
    ...{ stage: 'connect', connection: 1, peer: 1, nth: 0, from: null, to: null, attempt: 0 },
  };
  const conditions = (seed: number) => ({ seed, tls: 'starttls', real: false }) as const;
  const numberOf = (email: string) => Number(email);

  function met(seed: number): Set<string> {
    const names = new Set<string>();
    const note = (step: Step) => {
      const fault = relayFault(conditions(seed), step, numberOf);
      if (fault) names.add(fault.name);
    };
    for (let connection = 1; connection <= 120; connection += 1)
      for (const stage of ['connect', 'ehlo', 'tls', 'login'] as const) note({ ...step, stage, connection });
    for (let connection = 1; connection <= 120; connection += 1)
      note({ ...step, stage: 'mail', connection, nth: 1 });
    for (let to = 0; to < 60; to += 1)
      for (const stage of ['rcpt', 'data', 'body', 'dot'] as const)
        note({ ...step, stage, to: String(to), attempt: 1 });
    return names;
  }

  test('are all met within 120 connections and 60 readers, whatever the seed', () => {
    for (const seed of [1, 2, 99])
      expect(met(seed)).toEqual(new Set(allRelayFaults(conditions(seed)).map(({ name }) => name)));
  });

  test('leave a reader in peace after three tries', () => {
    for (let to = 0; to < 500; to += 1)
      for (const stage of ['rcpt', 'data', 'body', 'dot'] as const)
        expect(
          relayFault(conditions(1), { ...step, stage, to: String(to), attempt: 4 }, numberOf),
        ).toBeNull();
  });
});
