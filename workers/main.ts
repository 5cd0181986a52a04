/** The worker role: waits for the database, starts the context, drains it at the end. */

import type { Program } from '../src/bootstrap.ts';
import { type RunningWorker, startWorker } from '../src/delivery/start-worker.ts';
import { Messages } from '../src/delivery/worker/messages.ts';

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
    messages: new Messages({ db, keys, emails, clock, publicUrl: config.publicUrl }),
    times: { ...config.times, idleMs: IDLE_MS },
  });
}
