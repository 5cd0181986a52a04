/** What the acts of delivery share in one worker process. */
import type { Db } from '../../db/connection.ts';
import type { Bells, Clock, Log } from '../../ports.ts';
import type { Routes } from '../relay/routes.ts';
import type { LaneKeeper } from '../throttle/lane-throttles.ts';
import type { HeldWindows } from './held-batches.ts';
import type { Messages } from './messages.ts';
import type { Scout } from './mx-classifier.ts';

export interface EngineTimes {
  heartbeatMs: number;
  leaseMs: number;
  sweepMs: number;
  drainMs: number;
  expireMs: number;
  /** The schedule of retries. */
  retryMs: readonly number[];
}

export interface Engine {
  db: Db;
  bells: Bells;
  clock: Clock;
  log: Log;
  messages: Messages;
  /** What may go where just now. */
  lanes: LaneKeeper;
  /** Finds out whose the domains are that no list names. */
  scout: Scout;
  /** The windows that it carries. */
  windows: HeldWindows;
  times: EngineTimes;
  /** Our lease's number; changes when the lease was lost and taken anew. */
  workerId(): number;
  /** True from the moment that no new work is taken. */
  draining(): boolean;
  /** True while more bells are rung than this process hears at once: whoever is at work should make room soon. */
  crowded(): boolean;
  /** Which relays may take an issue, and whose turn it is. */
  routes: Routes;
}
