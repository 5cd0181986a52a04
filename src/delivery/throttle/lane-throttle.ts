/**
 * One lane of one relay, as this process knows it: decides whether the next message may go now. This is checked between
 * any two messages of a connection, so for an open lane it costs only reading a boolean. `LaneThrottles` keeps its
 * limits up to date.
 */
import type { LaneState } from '../../ledger/lanes/states.ts';

export interface ThrottleLimits {
  /** The configured limit, or the one that a direct relay starts with; null: none. */
  base: number | null;
  /** Messages per second across all processes; null: no limit. */
  rate: number | null;
}

export class LaneThrottle {
  readonly relay: string;
  readonly lane: string;
  /** Nothing limits it. */
  open = true;
  /** The version of the state that we know; a message remembers the version it began under. */
  version = 0;
  probing = false;
  /** Learned limit across all processes; null: none. */
  connections: number | null = null;
  limits: ThrottleLimits = { base: null, rate: null };
  /** This process's hand-overs that are under way. */
  inUse = 0;
  /** This process's messages that wait. */
  waiting = 0;
  /** Monotonic: nothing is sent before this. */
  heldUntil = 0;
  /** Monotonic: when the state last changed. */
  changedAt = 0;
  /** A change is being stored: a read that began before must not undo it. */
  storing = false;
  /** `LaneRates` watches it. */
  rateIsWatched = false;
  /** Called when a message of a lane with a rate is taken. */
  onTake: (() => void) | null = null;
  #share = 0;
  #shareUntil = 0;
  #sends = 0;
  #nextSend = 0;

  constructor(relay: string, lane: string) {
    this.relay = relay;
    this.lane = lane;
  }

  held(now: number): boolean {
    return now < this.heldUntil;
  }

  /** Checked only when the lane is not open. */
  hasRoom(now: number): boolean {
    if (now < this.heldUntil) return false;
    if (this.hasLimit && (now >= this.#shareUntil || this.inUse >= this.#share)) return false;
    return this.limits.rate === null || (this.#sends > 0 && now >= this.#nextSend);
  }

  /** A message was taken from the queue. */
  take(): void {
    this.inUse += 1;
    if (this.open || this.limits.rate === null) return;
    this.#sends -= 1;
    this.#nextSend += 1_000 / this.limits.rate;
    this.onTake?.();
  }

  /** True when concurrent hand-overs are limited, so that a share must be claimed. */
  get hasLimit(): boolean {
    return this.probing || this.connections !== null || this.limits.base !== null;
  }

  /** How many hand-overs this process may run, as far as it has claimed them. */
  get share(): number {
    return this.#share;
  }

  giveShare(share: number, until: number): void {
    this.#share = share;
    this.#shareUntil = until;
  }

  /** True when the reserved sends are used up. */
  get needsSends(): boolean {
    return this.limits.rate !== null && this.#sends <= 0;
  }

  giveSends(count: number, first: number): void {
    this.#sends = count;
    this.#nextSend = first;
  }

  /** When the rate allows the next message. */
  get nextSend(): number {
    return this.#sends > 0 ? this.#nextSend : Number.POSITIVE_INFINITY;
  }

  /** Nothing is sent for this long. What other processes learned arrives with the next read. */
  hold(now: number, ms: number): void {
    this.heldUntil = Math.max(this.heldUntil, now + ms);
    this.probing = true;
    this.open = false;
    this.giveShare(0, 0);
  }

  /** Applies what the database says. `state` null: nothing was ever learned about the lane. */
  update(state: LaneState | null, limits: ThrottleLimits, now: number): void {
    this.version = state?.version ?? 0;
    this.probing = state?.probing ?? false;
    this.connections = state?.connections ?? null;
    this.limits = limits;
    this.heldUntil = state && state.heldMs > 0 ? now + state.heldMs : 0;
    this.changedAt = now - (state?.sinceMs ?? 0);
    this.open = !this.hasLimit && limits.rate === null && this.heldUntil === 0;
  }
}
