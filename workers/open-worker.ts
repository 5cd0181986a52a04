/** The parts of a worker process, wired together. */
import { hostname } from 'node:os';
import type { Db } from '../src/db/connection.ts';
import { Dispatcher, type DispatcherTimes } from '../src/delivery/relay/dispatcher.ts';
import { LedgerWriter } from '../src/delivery/relay/ledger-writer.ts';
import { RelayWatch } from '../src/delivery/relay/relay-watch.ts';
import { RelayRouter } from '../src/delivery/relay/router.ts';
import { sendMessage } from '../src/delivery/send.ts';
import type { LaneTimes } from '../src/delivery/throttle/lane-learning.ts';
import { LaneThrottles } from '../src/delivery/throttle/lane-throttles.ts';
import type { Composers } from '../src/delivery/worker/composers.ts';
import type { RetentionParts, WorkerContext, WorkerTimes } from '../src/delivery/worker/context.ts';
import { HeldBatches } from '../src/delivery/worker/held-batches.ts';
import { MxClassifier } from '../src/delivery/worker/mx-classifier.ts';
import { WorkerLease } from '../src/delivery/worker/worker-lease.ts';
import type { Clock, Log, MxResolver, Pace, Relay, WakeUpQueue } from '../src/ports.ts';

export interface WorkerParts {
  db: Db;
  wakeUps: WakeUpQueue;
  pace: Pace;
  relays: readonly Relay[];
  composers: Composers;
  mxResolver: MxResolver;
  clock: Clock;
  log: Log;
  times: WorkerTimes & DispatcherTimes & LaneTimes;
  /** Left out: nothing is deleted for its age. */
  retention?: RetentionParts;
}

export interface OpenedWorker {
  context: WorkerContext;
  relays: RelayWatch;
  dispatchers: readonly Dispatcher[];
}

/** Takes the worker's lease, and reads the settings of its relays. */
export async function openWorker(
  parts: WorkerParts,
  draining: AbortSignal,
  crowded: () => boolean,
): Promise<OpenedWorker> {
  const { db, wakeUps, composers, clock, log, times } = parts;
  const lease = await WorkerLease.take(db, `${hostname()}/${process.pid}`, times.leaseMs);
  const workerId = () => lease.id;
  const ledger = new LedgerWriter(db, clock, log);
  const lanes = new LaneThrottles({
    ...parts,
    workerId,
    isDirect: (relay) => relays.terms(relay).direct,
  });
  const dispatchers = parts.relays.map(
    (relay) => new Dispatcher(relay, { ...parts, send: sendMessage, ledger, lanes, workerId }),
  );
  const relays: RelayWatch = new RelayWatch(parts, dispatchers);
  await relays.look(lease.id);
  const context: WorkerContext = {
    db,
    wakeUps,
    clock,
    log,
    composers,
    lanes,
    mxClassifier: new MxClassifier({ ...parts, draining }),
    batches: new HeldBatches(),
    times,
    retention: parts.retention ?? null,
    lease,
    draining,
    crowded,
    routes: new RelayRouter(dispatchers, (relay) => relays.terms(relay)),
  };
  return { context, relays, dispatchers };
}
