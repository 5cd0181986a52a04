/** A worker that the test wakes itself, and what becomes of its batches when the database fails a statement. */

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Composers } from '../../src/delivery/worker/composers.ts';
import { HeldBatches } from '../../src/delivery/worker/held-batches.ts';
import { systemClock } from '../../src/io/clock.ts';
import { smtpRelay } from '../../src/io/smtp/relay.ts';
import { leaseBatch } from '../../src/ledger/lease.ts';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import type { Log, WakeUp, WakeUpQueue } from '../../src/ports.ts';
import { startWorker, type WorkerParts } from '../../workers/start-worker.ts';
import { TIMES as HARNESS_TIMES } from '../delivery/harness.ts';
import { relaySettings } from '../helpers/relay-settings.ts';
import { type Sink, startSink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../ledger/fixtures.ts';

/** Sweeps only where a test says so: what is given back here must not be the sweep's work. */
const TIMES: WorkerParts['times'] = { ...HARNESS_TIMES, leaseMs: 60_000, sweepMs: 3_600_000 };

const database = useTestDatabase();
let sink: Sink;
beforeAll(async () => {
  sink = await startSink();
});
afterAll(() => sink.end());
const db = () => database.db;

/** A planned issue, and a worker that only `wake` tells of it. */
async function harness(
  readers: number,
  parts: { times?: Partial<WorkerParts['times']>; preparing?: () => Promise<void> } = {},
) {
  const logged: string[] = [];
  const tell = (_: object, text: string) => void logged.push(text);
  const log: Log = { debug() {}, info() {}, warn: tell, error: tell, child: () => log };
  let handle: ((wakeUp: WakeUp) => Promise<void>) | null = null;
  const wakeUps: WakeUpQueue = {
    wake: async () => {},
    handle: async (handler) => {
      handle = handler;
      return { stop: async () => {} };
    },
    healthy: async () => true,
    close: async () => {},
  };
  const worker = await startWorker({
    db: db(),
    wakeUps,
    pace: { take: async (_relay, signal) => !signal.aborted, setRate: () => {} },
    relays: [smtpRelay({ ...settings, port: sink.port }, { commandMs: 5_000, dotMs: 5_000 })],
    composers: composers(parts.preparing),
    mxResolver: { resolve: async () => [] },
    clock: systemClock,
    log,
    times: { ...TIMES, ...parts.times },
  });
  onTestFinished(() => worker.stop());
  const { issue, newsletter } = await plannedIssue(db(), readers);
  await sql`UPDATE sends SET route = 'sink' WHERE issue_id = ${issue}`.execute(db());
  return {
    issue,
    newsletter,
    logged,
    wake: () => handle!({ v: 1, issue, lane: 'other', slot: 0, turn: 'a' }),
    states: async () => [...new Set((await rowsOf(db(), issue)).map((row) => row.state))],
  };
}

const settings = relaySettings(0, { pool: 2 });

const composers = (preparing: () => Promise<void> = async () => {}) =>
  ({
    prepare: async () => {
      await preparing();
      return ({ email }: { email: string }) => ({
        envelope: { from: 'news@example.org', to: email },
        bytes: Buffer.from(`To: ${email}\r\n\r\nHello.\r\n`),
      });
    },
  }) as unknown as Composers;

/** While it acts, a column of the table is missing. */
async function withoutColumn(table: string, column: string, act: () => Promise<void>): Promise<void> {
  const [here, away] = [sql.id(column), sql.id(`${column}_away`)];
  await sql`ALTER TABLE ${sql.table(table)} RENAME ${here} TO ${away}`.execute(db());
  await act().finally(() => sql`ALTER TABLE ${sql.table(table)} RENAME ${away} TO ${here}`.execute(db()));
}

test('a statement that fails between the lease and the first message gives the batch back', async () => {
  const { wake, states, newsletter, logged } = await harness(3);
  await sql`UPDATE newsletters SET quiet = '03:00-03:01', quiet_zone = 'reader', timezone = 'Asia/Shanghai'
    WHERE id = ${newsletter}`.execute(db());
  await withoutColumn('subscribers', 'timezone', wake);
  expect(await states()).toEqual(['planned']);
  expect(logged).toContain('a batch failed; what still waits in it is given back');
  await sql`UPDATE newsletters SET quiet = NULL WHERE id = ${newsletter}`.execute(db());
  await wake();
  expect(await states()).toEqual(['accepted']);
});

test('what was leased without an answer is given back by the next sweep of the same worker', async () => {
  const { issue, wake, states, logged } = await harness(3, { times: { sweepMs: 50 } });
  const { rows } = await sql<{ id: number }>`SELECT max(id) AS id FROM workers`.execute(db());
  await leaseBatch(db(), { issueId: issue, lane: 'other', workerId: rows[0]!.id, size: 3 });
  await until('it is given back', () =>
    logged.includes('gave back batches that this worker did not know it had leased'),
  );
  await wake();
  expect(await states()).toEqual(['accepted']);
});

test('a lease under way and an open batch are left alone by the sweep', async () => {
  const { issue } = await plannedIssue(db(), 1);
  const workerId = await registerWorker(db(), 'w', 60_000);
  const batch = await leaseBatch(db(), { issueId: issue, lane: 'other', workerId, size: 1 });
  const batches = new HeldBatches();
  let answer = (_: typeof batch) => {};
  const leasing = batches.hold(new Promise((resolve) => (answer = resolve)));
  const ending = batches.endUnheld(db(), workerId);
  await rowsOf(db(), issue);
  answer(batch);
  await leasing;
  expect(await ending).toBe(0);
  expect(await batches.endUnheld(db(), workerId)).toBe(0);
  batches.release(batch!.id);
  expect(await batches.endUnheld(db(), workerId)).toBe(1);
});

test('a fault in one batch is logged, ends no process, and lets the other batches finish', async () => {
  let prepared = 0;
  const { issue, wake, logged, states } = await harness(203, {
    preparing: async () => {
      prepared += 1;
      if (prepared === 2) throw new TypeError('the edition cannot be read');
    },
  });
  await wake();
  const rows = await rowsOf(db(), issue);
  expect(rows.filter((row) => row.state === 'accepted')).toHaveLength(200);
  expect(logged).toEqual([
    'a batch failed; what still waits in it is given back',
    'a wake-up failed; the sweep will wake a worker again',
  ]);
  await wake();
  expect(await states()).toEqual(['accepted']);
});

test('a send whose reception cannot be judged just now goes on', async () => {
  const { wake, states, logged } = await harness(3);
  await withoutColumn('newsletters', 'auto_pause_refused', wake);
  expect(await states()).toEqual(['accepted']);
  // The sweep that a worker begins with may meet the missing column, too.
  expect(logged).toContain('could not check how the send is received');
});
