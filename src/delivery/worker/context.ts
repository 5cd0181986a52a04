/** What the acts of delivery share in one worker process. */
import type { Db } from '../../db/connection.ts';
import type { Clock, Log, WakeUpQueue } from '../../ports.ts';
import type { Routes } from '../relay/routes.ts';
import type { LaneThrottles } from '../throttle/lane-throttles.ts';
import type { HeldBatches } from './held-batches.ts';
import type { Messages } from './messages.ts';
import type { MxClassifier } from './mx-classifier.ts';

export interface WorkerTimes {
  heartbeatMs: number;
  leaseMs: number;
  sweepMs: number;
  drainMs: number;
  expireMs: number;
  /** The schedule of retries. */
  retryMs: readonly number[];
}

export interface WorkerContext {
  db: Db;
  wakeUps: WakeUpQueue;
  clock: Clock;
  log: Log;
  messages: Messages;
  /** What may go where just now. */
  lanes: LaneThrottles;
  /** Finds out whose the domains are that no list names. */
  mxClassifier: MxClassifier;
  /** The windows that it carries. */
  batches: HeldBatches;
  times: WorkerTimes;
  /** Our lease's number; changes when the lease was lost and taken anew. */
  workerId(): number;
  /** True from the moment that no new work is taken. */
  draining(): boolean;
  /** True while more wakeUps are rung than this process hears at once: whoever is at work should make room soon. */
  crowded(): boolean;
  /** Which relays may take an issue, and whose turn it is. */
  routes: Routes;
}
