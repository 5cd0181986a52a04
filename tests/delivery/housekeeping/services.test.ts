import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Housekeeping } from '../../../src/delivery/housekeeping/runner.ts';
import { services } from '../../../src/delivery/housekeeping/services.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { makeContext } from './fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;
const folders = ['recovery', 'sends', 'pruning'];
const names = services.map(({ name }) => name);

test('every service has a name of its own, a file and a test of that name', () => {
  expect(new Set(names).size).toBe(services.length);
  const inFolder = (root: string, file: string) =>
    folders.some((folder) => existsSync(`${root}/${folder}/${file}`));
  const missing = names.filter(
    (name) =>
      !inFolder('src/delivery/housekeeping', `${name}.ts`) ||
      !inFolder('tests/delivery/housekeeping', `${name}.test.ts`),
  );
  expect(missing).toEqual([]);
});

test('on an empty database every service runs, twice, and none fails or has anything to tell', async () => {
  const { context, lines, clock } = makeContext(db());
  const housekeeping = new Housekeeping(services, context);
  expect(await housekeeping.runDue()).toEqual([]);
  clock.pass(600_000);
  expect(await housekeeping.runDue()).toEqual([]);
  expect(lines.map(({ text, service }) => `${service}: ${text}`)).toEqual(
    [...names, ...names].map((name) => `${name}: housekeeping service ran`),
  );
});

test('whatever sends wait for runs with every sweep; only pruning may be rarer', () => {
  const { times } = makeContext(db()).context;
  const rarer = services
    .filter((service) => service.periodMs(times) !== times.sweepMs)
    .map(({ name }) => name);
  expect(rarer).toEqual([
    'old-relay-counts',
    'old-lane-states',
    'ended-workers',
    'old-requests',
    'expired-data',
    'unconfirmed',
    'old-events',
  ]);
});

test('what must come before what: pausing before serving, auto-pause before canaries, waking after new work', () => {
  const before = (one: string, other: string) => names.indexOf(one) < names.indexOf(other);
  expect(before('unserved-sends', 'scheduled-sends')).toBe(true);
  expect(before('auto-pause', 'canaries')).toBe(true);
  for (const name of [
    'dead-workers',
    'unheld-batches',
    'scheduled-sends',
    'late-subscribers',
    'reopened-sends',
    'resend-unknowns',
    'resend-by-key',
    'canaries',
  ])
    expect(before(name, 'wake-idle-lanes')).toBe(true);
});
