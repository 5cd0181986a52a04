/** The lanes of a send in numbers, each with its own rate and remaining time. */
import { audience, type Tally, waiting } from '../ledger/counts.ts';
import type { LaneProgress } from '../ledger/lanes/progress.ts';

export interface Counts {
  /** Planned so far; final once the plan is closed. */
  audience: number;
  accepted: number;
  refused: number;
  skipped: number;
  unknown: number;
  waiting: number;
}

export interface LaneStatus extends Counts {
  lane: string;
  /** Of those waiting: postponed, as in `IssueStatus`. */
  deferred: number;
  /** Nothing goes to its provider before this time (ISO). Null when the lane is not held. */
  heldUntil: string | null;
  /** Settled per second in the last minute; null when it is not sending, or too little is known. */
  rate: number | null;
  /** Seconds until everyone waiting has been tried at that rate, including retries. Null when it cannot be estimated. */
  eta: number | null;
}

export interface SendState {
  /** It is sending right now: not paused, and not waiting for a relay's limit or for quiet hours. */
  flows: boolean;
  /** Its plan is closed: nobody will be added. */
  planned: boolean;
  now: Date;
}

export function laneStatus(lane: LaneProgress, { flows, planned, now }: SendState): LaneStatus {
  const rate = flows ? lane.rate : null;
  return {
    lane: lane.lane,
    ...countsOf(lane),
    deferred: lane.deferred,
    heldUntil: lane.heldUntil?.toISOString() ?? null,
    rate: rounded(rate),
    eta: flows && planned && lane.heldUntil === null ? timeLeft(lane, rate, now) : null,
  };
}

/** First those who have not been tried, then the deferred, once they are due. */
function timeLeft(lane: LaneProgress, rate: number | null, now: Date): number | null {
  if (waiting(lane) === 0) return 0;
  if (rate === null || rate <= 0) return null;
  const first = (lane.planned + lane.handing) / rate;
  const due = lane.lastDue === null ? 0 : (lane.lastDue.getTime() - now.getTime()) / 1_000;
  return Math.ceil(Math.max(first, due) + lane.deferred / rate);
}

export const countsOf = (of: Tally): Counts => ({
  audience: audience(of),
  accepted: of.accepted,
  refused: of.refused,
  skipped: of.skipped,
  unknown: of.unknown,
  waiting: waiting(of),
});

export const rounded = (rate: number | null): number | null =>
  rate === null ? null : Math.round(rate * 10) / 10;
