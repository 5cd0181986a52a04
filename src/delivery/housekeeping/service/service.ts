/** The interface of a housekeeping service, and what it gets. */
import type { RelayRouter } from '../../relay/router.ts';
import type { WorkerContext, WorkerTimes } from '../../worker/context.ts';

export type HousekeepingTimes = Pick<WorkerTimes, 'leaseMs' | 'sweepMs' | 'expireMs' | 'retryMs'>;

export interface HousekeepingContext
  extends Pick<WorkerContext, 'db' | 'wakeUps' | 'clock' | 'log' | 'batches' | 'retention'> {
  /** Which relays an issue may go to. */
  routes: Pick<RelayRouter, 'candidatesFor'>;
  /** Changes when the worker lost its lease and took a new one. */
  workerId(): number;
  times: HousekeepingTimes;
}

/**
 * One job of housekeeping. Every worker runs every service, so `run` must be safe while another process runs it too. It
 * may throw: the runner logs the error under the service's name and continues with the others.
 */
export interface HousekeepingService {
  /** Names the service in the log; the same as its file. */
  readonly name: string;
  /** The pause between two runs. */
  periodMs(times: HousekeepingTimes): number;
  run(context: HousekeepingContext): Promise<void>;
}

/** For anything that a send waits for. */
export const everySweep = (times: HousekeepingTimes): number => times.sweepMs;

/** For pruning: nobody waits for it. */
export const everyTenMinutes = (): number => 600_000;
