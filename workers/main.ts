/** The worker role of the program: starts the jobs of one process, and drains them at its end. */
import type { Program } from '../src/bootstrap.ts';
import { Composers } from '../src/delivery/worker/composers.ts';
import { type RunningWorker, startWorker } from './start-worker.ts';

export type { RunningWorker } from './start-worker.ts';

/** An idle relay connection is closed after this. */
const IDLE_MS = 20_000;

export async function runWorker(program: Program): Promise<RunningWorker> {
  const { config, db, keys, emails, wakeUps, pace, relays, mxResolver, clock, log } = program;
  return startWorker({
    db,
    wakeUps,
    pace,
    relays,
    mxResolver,
    clock,
    log,
    composers: new Composers({ db, keys, emails, clock, publicUrl: config.publicUrl }),
    times: { ...config.times, idleMs: IDLE_MS },
  });
}
