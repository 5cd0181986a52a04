/** What the parts of a worker process share. */
import type { Retention } from '../../audience/retention.ts';
import type { Keys } from '../../consent/keys.ts';
import type { Db } from '../../db/connection.ts';
import type { Clock, Log, WakeUpQueue } from '../../ports.ts';
import type { RelayRouter } from '../relay/router.ts';
import type { LaneThrottles } from '../throttle/lane-throttles.ts';
import type { Composers } from './composers.ts';
import type { HeldBatches } from './held-batches.ts';
import type { MxClassifier } from './mx-classifier.ts';
import type { WorkerLease } from './worker-lease.ts';

export interface WorkerTimes {
  heartbeatMs: number;
  leaseMs: number;
  sweepMs: number;
  drainMs: number;
  expireMs: number;
  /** The retry schedule. */
  retryMs: readonly number[];
}

/** What deletes people's data in time. */
export interface RetentionParts {
  keys: Keys;
  keep: Retention;
}

export interface WorkerContext {
  db: Db;
  wakeUps: WakeUpQueue;
  clock: Clock;
  log: Log;
  composers: Composers;
  /** How much may go to each provider now. */
  lanes: LaneThrottles;
  /** Finds the providers of domains that are in no list. */
  mxClassifier: MxClassifier;
  /** The batches that this worker has leased. */
  batches: HeldBatches;
  times: WorkerTimes;
  /** Null: nothing is deleted for its age. */
  retention: RetentionParts | null;
  lease: WorkerLease;
  /** When aborted, no new work is taken. */
  draining: AbortSignal;
  /** True while more wake-ups arrive than this process handles at once: running slices should make room soon. */
  crowded(): boolean;
  /** Decides which relays may take an issue, and whose turn it is. */
  routes: RelayRouter;
}
