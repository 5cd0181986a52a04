/**
 * How a relay stands, as one worker process finds it: up, down (and when it is tried again), or in want of a person,
 * since it refuses our login. All connections fail at the same moment when a relay goes: that is one failure, not
 * one for each.
 */
import { RelayRefusesLogin } from '../errors.ts';
import type { Clock } from './ports.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const LONGEST_REST_MS = 60_000;
/** A relay that has not let us in for this long is passed over where there is another. */
const SLOW_MS = 3_000;

export interface Trouble {
  since: Date;
  why: string;
}

export class Standing {
  #clock: Clock;
  #failures = 0;
  #triedAgainAt = 0;
  #trouble: Trouble | null = null;
  #refuses = false;
  /** Times in a row that it said it is too busy for us. */
  #busy = 0;
  /** Connections that are open, and since when one is being opened while there is none. */
  #open = 0;
  #openingSince: number | null = null;

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
    return this.#triedAgainAt === 0 ? 0 : Math.max(0, this.#triedAgainAt - this.#clock.monotonic());
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

  /** A message was accepted: it is not too busy. */
  accepted(): void {
    this.#busy = 0;
  }

  /** It wants us slower, whoever the mail is for. Returns for how long, longer each time; 0: it rests already. */
  rest(): number {
    if (this.waitMs > 0) return 0;
    this.#busy += 1;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.#busy, LONGEST_REST_MS);
    this.#triedAgainAt = this.#clock.monotonic() + waitMs;
    return waitMs;
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

  #isSlow(): boolean {
    return this.#openingSince !== null && this.#clock.monotonic() - this.#openingSince > SLOW_MS;
  }
}
