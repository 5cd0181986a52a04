/**
 * How a relay stands, as one worker process finds it: up, down (and when it is tried again), at rest since it takes
 * nothing more of us for now, or in want of a person, since it refuses our login. All connections fail at the same
 * moment when a relay goes: that is one failure, not one for each.
 *
 *   up --said it is too much--> resting --time--> tried with one connection --taken--> up
 *                                  ^-----------said again: rests longer----'
 */
import { RelayRefusesLogin } from '../../errors.ts';
import type { Clock } from '../../ports.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A relay that has not let us in for this long is passed over where there is another. */
const SLOW_MS = 3_000;

export interface Trouble {
  since: Date;
  why: string;
}

/** Why, and for how long, nothing goes to a relay that is not down. */
export interface Rest {
  /** Until it is asked again, with one message. */
  ms: number;
  /** Until it is known to take mail again; `ms` or later. */
  endsMs: number;
  /** For people: what it said. */
  why: string;
}

export class RelayHealth {
  #clock: Clock;
  #failures = 0;
  #triedAgainAt = 0;
  #trouble: Trouble | null = null;
  #refuses = false;
  #rest: { until: number; ends: number; why: string } | null = null;
  /** It has rested, and has taken nothing since: one connection asks. */
  #asking = false;
  /** Connections that are open, and since when one is being opened while there is none. */
  #open = 0;
  #openingSince: number | null = null;

  /** Called when it begins or ends a rest. */
  onRestChange: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isUp(): boolean {
    return this.#failures === 0 && this.waitMs === 0 && !this.#isSlow();
  }

  /** It refused our login when it was tried last. */
  get refusesLogin(): boolean {
    return this.#refuses;
  }

  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** Milliseconds until it may be tried; 0: now. */
  get waitMs(): number {
    return Math.max(this.#left(this.#triedAgainAt), this.rest?.ms ?? 0);
  }

  /** Null while it does not rest. */
  get rest(): Rest | null {
    if (this.#rest === null) return null;
    const ms = this.#left(this.#rest.until);
    return ms === 0 ? null : { ms, endsMs: Math.max(ms, this.#left(this.#rest.ends)), why: this.#rest.why };
  }

  /** Whether all connections may be used: after a rest one of them asks first. */
  get asksWithOne(): boolean {
    return this.#asking;
  }

  opening(): void {
    if (this.#open === 0) this.#openingSince ??= this.#clock.monotonic();
  }

  opened(): void {
    this.#open += 1;
    this.#openingSince = null;
    if (this.#failures > 0) this.#triedAgainAt = 0;
    this.#failures = 0;
    this.#trouble = null;
    this.#refuses = false;
  }

  /** A message was taken. True when that ends a rest; what was on the connection as it began says nothing of it. */
  accepted(): boolean {
    if (this.#rest === null || this.rest !== null) return false;
    this.endRest();
    return true;
  }

  /** It takes nothing more of us for now, whoever the mail is for. An earlier rest is never cut short. */
  beginRest({ ms, endsMs, why }: Rest): void {
    const now = this.#clock.monotonic();
    const until = Math.max(this.#rest?.until ?? 0, now + ms);
    this.#rest = { until, ends: Math.max(until, now + endsMs), why };
    this.#asking = true;
    this.onRestChange();
  }

  endRest(): void {
    this.#rest = null;
    this.#asking = false;
    this.onRestChange();
  }

  closed(): void {
    this.#open -= 1;
  }

  /** True when it is news: others may have failed with the same fault. */
  failed(error: Error): boolean {
    this.#openingSince = null;
    this.#refuses = error instanceof RelayRefusesLogin;
    this.#trouble = { since: this.#trouble?.since ?? this.#clock.now(), why: error.message };
    if (this.waitMs > 0) return false;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures += 1;
    this.#triedAgainAt = this.#clock.monotonic() + waitMs;
    return true;
  }

  #left(until: number): number {
    return until === 0 ? 0 : Math.max(0, until - this.#clock.monotonic());
  }

  #isSlow(): boolean {
    return this.#openingSince !== null && this.#clock.monotonic() - this.#openingSince > SLOW_MS;
  }
}
