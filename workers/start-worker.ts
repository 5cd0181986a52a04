/**
 * Starts a worker's jobs and drains them: when a worker stops it takes no new work, finishes what it is handing over,
 * settles, and gives up its lease.
 */
import { allowManyListeners } from '../src/delivery/worker/stop.ts';
import { drainWorker, endWorker } from '../src/ledger/workers/leases.ts';
import type { Clock } from '../src/ports.ts';
import { issueName } from '../src/sends/issue-name.ts';
import { pauseInCopy } from '../src/sends/restored-database.ts';
import { handleWakeUp } from './handle-wake-up.ts';
import { heartbeat } from './heartbeat.ts';
import { housekeeping } from './housekeeping.ts';
import { laneLimits } from './lane-limits.ts';
import { type OpenedWorker, openWorker, type WorkerParts } from './open-worker.ts';

export type { WorkerParts } from './open-worker.ts';

export interface RunningWorker {
  /**
   * Takes no new work, finishes what it is handing over (for at most `drainMs`), settles the rest as unknown, and
   * gives up its lease.
   */
  stop(): Promise<void>;
}

/**
 * Wake-ups handled at the same time: lanes of several issues, plans, service mails. Each needs memory for the rows of
 * two batches; too few make a small issue wait for a large one. When more arrive, slices are short (`crowded`).
 */
const CONCURRENCY = 32;

export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  const { db, log, wakeUps } = parts;
  for (const id of await pauseInCopy(db))
    log.warn({ issue: await issueName(db, id) }, 'paused a send: this database is a copy');
  const draining = new AbortController();
  allowManyListeners(draining.signal);
  let handling = 0;
  const opened = await openWorker(parts, draining.signal, () => handling >= CONCURRENCY);
  const { context } = opened;
  const stopped = new AbortController();
  const repeated = [
    heartbeat(context, opened.relays, stopped.signal),
    housekeeping(context, stopped.signal),
    laneLimits(context, stopped.signal),
  ];
  const queue = await wakeUps.handle(async (wakeUp) => {
    handling += 1;
    await handleWakeUp(context, wakeUp);
    handling -= 1;
  }, CONCURRENCY);
  log.info({ worker: context.lease.id }, 'worker started');
  return {
    async stop() {
      draining.abort();
      await drain(opened, queue);
      stopped.abort();
      await Promise.all(repeated);
      await close(opened);
    },
  };
}

/** By now everything that has not begun is given back; waits for what is being handed over. */
async function drain({ context }: OpenedWorker, queue: { stop(): Promise<void> }): Promise<void> {
  const { db, clock, log, times } = context;
  await drainWorker(db, context.lease.id).catch(() => {});
  await within(clock, times.drainMs, queue.stop()).catch((error: Error) =>
    log.warn({ error: error.message }, 'the queue could not be closed properly'),
  );
}

async function close({ context, dispatchers }: OpenedWorker): Promise<void> {
  const { db, lanes, log, lease } = context;
  for (const dispatcher of dispatchers) dispatcher.close();
  lanes.close();
  const unknown = await endWorker(db, lease.id).catch(() => 0);
  if (unknown > 0) log.warn({ unknown }, 'the relay did not answer in time; these deliveries are unknown');
  log.info({ worker: lease.id }, 'worker stopped');
}

async function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work.finally(() => over.abort()), clock.sleep(ms, over.signal)]);
}
