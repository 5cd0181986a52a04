/** The lanes of a send in numbers, each with its own rate and the time that it will still take. */
import { audience, type Tally, waiting } from '../ledger/counts.ts';
import type { LaneProgress } from '../ledger/lanes/progress.ts';

export interface Counts {
  /** Planned so far; final when the plan is closed. */
  audience: number;
  accepted: number;
  refused: number;
  skipped: number;
  unknown: number;
  waiting: number;
}

export interface LaneStatus extends Counts {
  lane: string;
  /** Of those waiting: put off until a moment, as in `IssueStatus`. */
  deferred: number;
  /** Its provider wants nothing before; ISO. Null when it is not held. */
  heldUntil: string | null;
  /** Settled per second in the last minute; null when not sending, or while too little is known. */
  rate: number | null;
  /** Seconds until all that waits was tried at that rate, retries when they are due. Null when nobody can tell. */
  eta: number | null;
}

export interface Circumstances {
  /** It sends now: not paused, not held back by a limit of its relay or by quiet hours. */
  flows: boolean;
  /** Its plan is closed: nobody comes on top. */
  planned: boolean;
  now: Date;
}

export function laneStatus(lane: LaneProgress, { flows, planned, now }: Circumstances): LaneStatus {
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

/** One after the other: first those who were not tried, then the deferred, none of them before it is due. */
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
