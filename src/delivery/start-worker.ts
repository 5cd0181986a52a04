/**
 * A worker process: registers with a lease, hears bells, sweeps, and at its end takes no new work, finishes what is
 * on the wire, settles, and leaves.
 */
import { hostname } from 'node:os';
import type { Db } from '../db/connection.ts';
import { drainWorker, endWorker, heartbeat, registerWorker } from '../ledger/workers/leases.ts';
import type { Bell, Bells, Clock, Exchangers, Log, Pace, Relay } from '../ports.ts';
import { issueName } from '../sends/issue-name.ts';
import { pauseInCopy } from '../sends/restored-database.ts';
import { PLAN_LANE } from '../sends/wake.ts';
import { sweep } from './housekeeping/sweep.ts';
import { Courier, type CourierTimes } from './relay/dispatcher.ts';
import { Exchanger } from './relay/ledger-writer.ts';
import { Routes } from './relay/routes.ts';
import { RelayWatch } from './relay/watch.ts';
import { LaneKeeper, type LaneTimes, LOOK_MS } from './throttle/lane-throttles.ts';
import { workLane } from './worker/batch.ts';
import type { Engine, EngineTimes } from './worker/context.ts';
import { fanOut } from './worker/fan-out.ts';
import { HeldWindows } from './worker/held-batches.ts';
import type { Messages } from './worker/messages.ts';
import { Scout } from './worker/mx-classifier.ts';

export interface WorkerParts {
  db: Db;
  bells: Bells;
  pace: Pace;
  relays: readonly Relay[];
  messages: Messages;
  exchangers: Exchangers;
  clock: Clock;
  log: Log;
  times: EngineTimes & CourierTimes & LaneTimes;
}

export interface RunningWorker {
  /** Takes no new work, finishes what is on the wire (at most `drainMs`), settles the rest as unknown, leaves. */
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
  const lanes = new LaneKeeper({
    ...parts,
    workerId: () => workerId,
    isDirect: (relay) => relays.terms(relay).direct,
  });
  const couriers = openCouriers(parts, lanes, () => workerId);
  const relays: RelayWatch = new RelayWatch(parts, couriers);
  await relays.look(workerId);
  let heard = 0;
  const engine: Engine = {
    ...parts,
    lanes,
    windows: new HeldWindows(),
    scout: new Scout({ ...parts, draining: () => draining }),
    crowded: () => heard >= CONCURRENCY,
    workerId: () => workerId,
    draining: () => draining,
    routes: new Routes(couriers, (relay) => relays.terms(relay)),
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
  const sweeper = every(times.sweepMs, 'sweep', () => sweep(engine));
  const looker = every(LOOK_MS, 'look at the lanes', () => lanes.look());
  const hearing = await parts.bells.listen(async (bell) => {
    heard += 1;
    await hear(engine, bell);
    heard -= 1;
  }, CONCURRENCY);
  log.info({ worker: workerId }, 'worker started');
  return {
    async stop() {
      draining = true;
      await drainWorker(db, workerId).catch(() => {});
      for (const courier of couriers) courier.dropStopped();
      await within(clock, times.drainMs, hearing.stop()).catch((error: Error) =>
        log.warn({ error: error.message }, 'the queue could not be left in order'),
      );
      stopped.abort();
      await Promise.all([beat, sweeper, looker]);
      for (const courier of couriers) courier.close();
      lanes.close();
      const doubts = await endWorker(db, workerId).catch(() => 0);
      if (doubts > 0) log.warn({ doubts }, 'the relay did not answer in time; these deliveries are unknown');
      log.info({ worker: workerId }, 'worker stopped');
    },
  };
}

function openCouriers(parts: WorkerParts, lanes: LaneKeeper, workerId: () => number): Courier[] {
  const exchanger = new Exchanger(parts.db, parts.clock, parts.log);
  return parts.relays.map((relay) => new Courier(relay, { ...parts, exchanger, lanes, workerId }));
}

/** A bell never fails: what went wrong is logged, and the sweeper rings again. */
async function hear(engine: Engine, bell: Bell): Promise<void> {
  if (engine.draining()) return;
  try {
    await (bell.lane === PLAN_LANE ? fanOut(engine, bell) : workLane(engine, bell));
  } catch (error) {
    const issue = await issueName(engine.db, bell.issue);
    engine.log.error(
      { issue, lane: bell.lane, error: (error as Error).message },
      'a bell could not be served; it will ring again',
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
