/**
 * A worker process: registers with a lease, handles wake-ups, sweeps, and at its end takes no new work, finishes what is
 * on the connection, settles, and leaves.
 */
import { hostname } from 'node:os';
import type { Db } from '../db/connection.ts';
import { drainWorker, endWorker, heartbeat, registerWorker } from '../ledger/workers/leases.ts';
import type { Clock, Log, MxResolver, Pace, Relay, WakeUp, WakeUpQueue } from '../ports.ts';
import { issueName } from '../sends/issue-name.ts';
import { pauseInCopy } from '../sends/restored-database.ts';
import { PLAN_LANE } from '../sends/wake.ts';
import { Housekeeping } from './housekeeping/runner.ts';
import { services } from './housekeeping/services.ts';
import { Dispatcher, type DispatcherTimes } from './relay/dispatcher.ts';
import { LedgerWriter } from './relay/ledger-writer.ts';
import { Routes } from './relay/routes.ts';
import { RelayWatch } from './relay/watch.ts';
import { LaneThrottles, type LaneTimes, LOOK_MS } from './throttle/lane-throttles.ts';
import { deliverLane } from './worker/batch.ts';
import type { WorkerContext, WorkerTimes } from './worker/context.ts';
import { fanOut } from './worker/fan-out.ts';
import { HeldBatches } from './worker/held-batches.ts';
import type { Messages } from './worker/messages.ts';
import { MxClassifier } from './worker/mx-classifier.ts';

export interface WorkerParts {
  db: Db;
  wakeUps: WakeUpQueue;
  pace: Pace;
  relays: readonly Relay[];
  messages: Messages;
  mxResolver: MxResolver;
  clock: Clock;
  log: Log;
  times: WorkerTimes & DispatcherTimes & LaneTimes;
}

export interface RunningWorker {
  /** Takes no new work, finishes what is on the connection (at most `drainMs`), settles the rest as unknown, leaves. */
  stop(): Promise<void>;
}

/**
 * Bells heard at the same time: lanes of several issues, plans, service mails. One that is heard costs two windows'
 * rows; one that is not makes a small issue wait for a large one. Beyond that, slices are short (`crowded`).
 */
const CONCURRENCY = 32;

export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  const { db, clock, log, times } = parts;
  const name = `${hostname()}/${process.pid}`;
  for (const id of await pauseInCopy(db))
    log.warn({ issue: await issueName(db, id) }, 'paused a send: this database is a copy');
  let workerId = await registerWorker(db, name, times.leaseMs);
  let draining = false;
  const lanes = new LaneThrottles({
    ...parts,
    workerId: () => workerId,
    isDirect: (relay) => relays.terms(relay).direct,
  });
  const dispatchers = openDispatchers(parts, lanes, () => workerId);
  const relays: RelayWatch = new RelayWatch(parts, dispatchers);
  await relays.look(workerId);
  let heard = 0;
  const context: WorkerContext = {
    ...parts,
    lanes,
    batches: new HeldBatches(),
    mxClassifier: new MxClassifier({ ...parts, draining: () => draining }),
    crowded: () => heard >= CONCURRENCY,
    workerId: () => workerId,
    draining: () => draining,
    routes: new Routes(dispatchers, (relay) => relays.terms(relay)),
  };
  const stopped = new AbortController();
  const every = (ms: number, what: string, act: () => Promise<void>) =>
    repeat(clock, log, stopped.signal, ms, what, act);
  const beat = every(times.heartbeatMs, 'heartbeat', async () => {
    if (!(await heartbeat(db, workerId, times.leaseMs))) {
      log.warn({ worker: workerId }, 'our lease had run out; taking a new one');
      workerId = await registerWorker(db, name, times.leaseMs);
    }
    await relays.look(workerId);
  });
  const housekeeping = new Housekeeping(services, context).run(stopped.signal);
  const looker = every(LOOK_MS, 'look at the lanes', () => lanes.look());
  const hearing = await parts.wakeUps.handle(async (wakeUp) => {
    heard += 1;
    await handleWakeUp(context, wakeUp);
    heard -= 1;
  }, CONCURRENCY);
  log.info({ worker: workerId }, 'worker started');
  return {
    async stop() {
      draining = true;
      await drainWorker(db, workerId).catch(() => {});
      for (const dispatcher of dispatchers) dispatcher.dropStopped();
      await within(clock, times.drainMs, hearing.stop()).catch((error: Error) =>
        log.warn({ error: error.message }, 'the queue could not be left in order'),
      );
      stopped.abort();
      await Promise.all([beat, housekeeping, looker]);
      for (const dispatcher of dispatchers) dispatcher.close();
      lanes.close();
      const doubts = await endWorker(db, workerId).catch(() => 0);
      if (doubts > 0) log.warn({ doubts }, 'the relay did not answer in time; these deliveries are unknown');
      log.info({ worker: workerId }, 'worker stopped');
    },
  };
}

function openDispatchers(parts: WorkerParts, lanes: LaneThrottles, workerId: () => number): Dispatcher[] {
  const ledger = new LedgerWriter(parts.db, parts.clock, parts.log);
  return parts.relays.map((relay) => new Dispatcher(relay, { ...parts, ledger, lanes, workerId }));
}

/** A wake-up never fails: the fault is logged, and the sweep wakes a worker again. */
async function handleWakeUp(context: WorkerContext, wakeUp: WakeUp): Promise<void> {
  if (context.draining()) return;
  try {
    await (wakeUp.lane === PLAN_LANE ? fanOut(context, wakeUp) : deliverLane(context, wakeUp));
  } catch (error) {
    const issue = await issueName(context.db, wakeUp.issue);
    context.log.error(
      { issue, lane: wakeUp.lane, error: (error as Error).message },
      'a wake-up failed; the sweep will wake a worker again',
    );
  }
}

async function repeat(
  clock: Clock,
  log: Log,
  signal: AbortSignal,
  ms: number,
  what: string,
  act: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
    } catch (error) {
      log.warn({ error: (error as Error).message }, `${what} failed; trying again`);
    }
    await clock.sleep(ms, signal);
  }
}

async function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work.finally(() => over.abort()), clock.sleep(ms, over.signal)]);
}
