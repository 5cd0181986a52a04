import { expect, test } from 'vitest';
import type { Db } from '../../../src/db/connection.ts';
import { Housekeeping } from '../../../src/delivery/housekeeping/runner.ts';
import type { HousekeepingService } from '../../../src/delivery/housekeeping/service/service.ts';
import { until } from '../../helpers/until.ts';
import { makeContext } from './fixtures.ts';

const noDatabase = {} as Db;

/** Three services that note each of their runs; the one in the middle does what the test says. */
function three(middle: () => Promise<void>, periodMs = 10_000) {
  const ran: string[] = [];
  const service = (name: string, period: number, act = async () => {}): HousekeepingService => ({
    name,
    periodMs: () => period,
    async run() {
      ran.push(name);
      await act();
    },
  });
  const fixture = makeContext(noDatabase);
  const services = [service('first', 10_000), service('middle', periodMs, middle), service('last', 10_000)];
  return { ...fixture, ran, housekeeping: new Housekeeping(services, fixture.context) };
}

const failing = (error: unknown) => async () => {
  throw error;
};

test('a failing service never stops the next: it is logged by its name, and runs again with the next sweep', async () => {
  const { housekeeping, ran, lines, clock } = three(
    failing(new Error('relation "x" does not exist')),
    600_000,
  );
  expect(await housekeeping.runDue()).toEqual(['middle']);
  expect(ran).toEqual(['first', 'middle', 'last']);
  expect(lines.filter(({ level }) => level !== 'debug')).toEqual([
    {
      level: 'error',
      service: 'middle',
      text: 'housekeeping service middle failed; the others go on, and it runs again in 10 s',
      error: 'relation "x" does not exist',
    },
  ]);
  clock.pass(10_000);
  await housekeeping.runDue();
  expect(ran).toEqual(['first', 'middle', 'last', 'first', 'middle', 'last']);
});

test.each([
  ['what to do', Object.assign(new Error('no space left'), { code: '53100' }), /free some space there/],
  ['what was thrown that is no error', 'a word', /^a word$/],
])('the line of a failure says %s', async (_, thrown, expected) => {
  const { housekeeping, lines } = three(failing(thrown));
  await housekeeping.runDue();
  expect(lines.find(({ level }) => level === 'error')!.error).toMatch(expected);
});

test('while the database is away one line names all services that waited for it', async () => {
  const away = failing(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  const services = ['one', 'two'].map((name) => ({ name, periodMs: () => 10_000, run: away }));
  const { context, lines } = makeContext(noDatabase);
  expect(await new Housekeeping(services, context).runDue()).toEqual(['one', 'two']);
  expect(lines).toEqual([
    {
      level: 'warn',
      text: 'housekeeping could not reach the database or the queue; it tries again in 10 s',
      services: ['one', 'two'],
      error: 'connect ECONNREFUSED',
    },
  ]);
});

test('each service runs at once, and then by its own period', async () => {
  const { housekeeping, ran, clock } = three(async () => {}, 30_000);
  for (let sweep = 0; sweep < 4; sweep += 1) {
    await housekeeping.runDue();
    ran.push('|');
    clock.pass(10_000);
  }
  expect(ran.join(' ')).toBe('first middle last | first last | first last | first middle last |');
});

test('what is not due does not run', async () => {
  const { housekeeping, ran, clock } = three(async () => {});
  await housekeeping.runDue();
  clock.pass(9_999);
  await housekeeping.runDue();
  expect(ran).toHaveLength(3);
});

test('every run is told at debug, with the service and how long it took', async () => {
  const { housekeeping, lines, clock } = three(async () => clock.pass(7));
  await housekeeping.runDue();
  expect(lines).toEqual(
    [0, 7, 0].map((ms, index) => ({
      level: 'debug',
      text: 'housekeeping service ran',
      service: ['first', 'middle', 'last'][index],
      ms,
    })),
  );
});

test('it goes on until it is stopped, and then ends with the service that is running', async () => {
  const stop = new AbortController();
  let rounds = 0;
  const { housekeeping, ran, clock } = three(async () => {
    rounds += 1;
    if (rounds === 2) stop.abort();
  });
  const running = housekeeping.run(stop.signal);
  await until('the first round is over', () => ran.length === 3);
  clock.pass(10_000);
  await running;
  expect(ran).toEqual(['first', 'middle', 'last', 'first', 'middle']);
});
