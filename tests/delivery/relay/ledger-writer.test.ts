/** The ledger on a real database behind a door that is shut and opened: a proxy that refuses or cuts connections. */
import { connect, createServer, type Socket } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { openDb, openPool } from '../../../src/db/connection.ts';
import { LedgerWriter, type MarkAnswer } from '../../../src/delivery/relay/ledger-writer.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { openLog } from '../../../src/io/log.ts';
import type { Mark, Settle } from '../../../src/ledger/mark-and-settle.ts';
import { registerWorker } from '../../../src/ledger/workers/leases.ts';
import type { Log } from '../../../src/ports.ts';
import { until } from '../../helpers/until.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf, settle } from '../../ledger/fixtures.ts';

const log: Log = openLog('silent');
const database = useTestDatabase();
let worker: number;
let proxy: Awaited<ReturnType<typeof openTcpProxy>>;
let ledger: LedgerWriter;
let statements = 0;

beforeAll(async () => {
  worker = await registerWorker(database.db, 'w', 60_000);
  proxy = await openTcpProxy(database.url);
  const pool = openPool(proxy.url, { max: 2, applicationName: 'test', onError: () => {} });
  // Each statement outside a transaction takes a connection of the pool once.
  pool.on('acquire', () => {
    statements += 1;
  });
  ledger = new LedgerWriter(openDb(pool), systemClock, log);
  return async () => {
    await pool.end();
    await proxy.close();
  };
});

async function openTcpProxy(url: string) {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((from) => {
    if (!open) return void from.destroy();
    const on = connect(Number(to.port), to.hostname);
    for (const [one, other] of [
      [from, on],
      [on, from],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {}).on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((server.address() as { port: number }).port);
  return {
    url: through.toString(),
    shut() {
      open = false;
      for (const socket of sockets) socket.destroy();
    },
    open: () => {
      open = true;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const mark = (issue: number, request: Mark) =>
  new Promise<MarkAnswer>((answered) => ledger.mark(issue, worker, request, answered));
const store = (issue: number, request: Settle) =>
  new Promise<void>((stored) => ledger.settle(issue, worker, request, stored));

const idsOf = async (issue: number) => (await rowsOf(database.db, issue)).map((row) => row.id);

test('what is asked at the same time goes in one statement', async () => {
  const { issue } = await plannedIssue(database.db, 20);
  const ids = await idsOf(issue);
  statements = 0;
  const answers = await Promise.all(ids.map((id) => mark(issue, { id, fence: 0 })));
  expect(new Set(answers)).toEqual(new Set(['granted']));
  expect(statements).toBe(1);
});

test('a row that has moved is refused, the others of the group are granted', async () => {
  const { issue } = await plannedIssue(database.db, 3);
  const [a, b, c] = await idsOf(issue);
  expect(
    await Promise.all([
      mark(issue, { id: a!, fence: 0 }),
      mark(issue, { id: b!, fence: 7 }),
      mark(issue, { id: c!, fence: 0 }),
    ]),
  ).toEqual(['granted', 'refused', 'granted']);
});

test('of two issues in one group every settle is stored before any mark', async () => {
  const one = await plannedIssue(database.db, 1);
  const two = await plannedIssue(database.db, 1);
  const [first] = await idsOf(one.issue);
  const [second] = await idsOf(two.issue);
  await mark(one.issue, { id: first!, fence: 0 });
  const order: string[] = [];
  await Promise.all([
    mark(two.issue, { id: second!, fence: 0 }).then(() => order.push('mark')),
    store(one.issue, settle(first!, 1)).then(() => order.push('settle')),
  ]);
  expect(order).toEqual(['settle', 'mark']);
});

test('whoever asks when the last group has just been stored is answered too', async () => {
  const { issue } = await plannedIssue(database.db, 30);
  for (const id of await idsOf(issue)) {
    let turns = id % 6;
    const answer = mark(issue, { id, fence: 0 });
    await answer;
    while (turns-- > 0) await Promise.resolve();
    await store(issue, settle(id, 1));
  }
  expect((await rowsOf(database.db, issue)).every((row) => row.state === 'accepted')).toBe(true);
});

test('while the database is away marks are lost and settles are kept until stored; new work waits', async () => {
  const { issue } = await plannedIssue(database.db, 2);
  const [first, second] = await idsOf(issue);
  await mark(issue, { id: first!, fence: 0 });
  proxy.shut();
  let stored = false;
  const settled = store(issue, settle(first!, 1)).then(() => {
    stored = true;
  });
  expect(await mark(issue, { id: second!, fence: 0 })).toBe('lost');
  let free = false;
  const waiting = ledger.whenStored().then(() => {
    free = true;
  });
  expect(await mark(issue, { id: second!, fence: 0 })).toBe('lost');
  expect({ stored, free }).toEqual({ stored: false, free: false });
  proxy.open();
  await Promise.all([settled, waiting]);
  expect((await rowsOf(database.db, issue)).map((row) => row.state)).toEqual(['accepted', 'planned']);
  expect(await mark(issue, { id: second!, fence: 0 })).toBe('granted');
  await until('nothing is asked any more', () => ledger.whenStored().then(() => true));
});
