/**
 * The health of a relay, as one worker process sees it: up; down, with the time of the next attempt; left alone for a
 * while because it accepts nothing more from us for now (backoff); or waiting for a person, because it refuses our
 * login. When a relay goes away all connections fail at the same moment: that is one failure, not one for each.
 *
 *   up --said it is too much--> backoff --time--> tried with one connection --accepted--> up
 *                                  ^----------said again: a longer backoff----'
 */
import { RelayRefusesLogin } from '../../errors.ts';
import type { Clock } from '../../ports.ts';

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** A relay that takes this long to accept a connection is passed over if there is another. */
const SLOW_MS = 3_000;

export interface Trouble {
  since: Date;
  why: string;
}

/** Why and for how long nothing is sent to a relay that is not down. */
export interface Backoff {
  /** Until it is asked again, with one message. */
  ms: number;
  /** Until it is known to accept mail again; `ms` or later. */
  endsMs: number;
  /** For display: what it said. */
  why: string;
}

export class RelayHealth {
  #clock: Clock;
  #failures = 0;
  #triedAgainAt = 0;
  #trouble: Trouble | null = null;
  #refuses = false;
  #backoff: { until: number; ends: number; why: string } | null = null;
  /** True after a backoff until the relay accepts a message: one connection tries first. */
  #asking = false;
  /** How many connections are open, and since when one is being opened while there is none. */
  #open = 0;
  #openingSince: number | null = null;

  /** Called when a backoff begins or ends. */
  onBackoffChange: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isUp(): boolean {
    return this.#failures === 0 && this.waitMs === 0 && !this.#isSlow();
  }

  /** It refused our login at the last attempt. */
  get refusesLogin(): boolean {
    return this.#refuses;
  }

  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** Milliseconds until it may be tried; 0: now. */
  get waitMs(): number {
    return Math.max(this.#left(this.#triedAgainAt), this.backoff?.ms ?? 0);
  }

  /** Null while mail may go. */
  get backoff(): Backoff | null {
    if (this.#backoff === null) return null;
    const ms = this.#left(this.#backoff.until);
    return ms === 0
      ? null
      : { ms, endsMs: Math.max(ms, this.#left(this.#backoff.ends)), why: this.#backoff.why };
  }

  /** After a backoff one connection asks first. */
  get asksWithOneConnection(): boolean {
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

  /** A message was accepted. True when that ends a backoff; messages that were under way when it began do not. */
  accepted(): boolean {
    if (this.#backoff === null || this.backoff !== null) return false;
    this.endBackoff();
    return true;
  }

  /** It accepts nothing more from us for now, whoever the recipient is. An earlier backoff is never shortened. */
  startBackoff({ ms, endsMs, why }: Backoff): void {
    const now = this.#clock.monotonic();
    const until = Math.max(this.#backoff?.until ?? 0, now + ms);
    this.#backoff = { until, ends: Math.max(until, now + endsMs), why };
    this.#asking = true;
    this.onBackoffChange();
  }

  endBackoff(): void {
    this.#backoff = null;
    this.#asking = false;
    this.onBackoffChange();
  }

  closed(): void {
    this.#open -= 1;
  }

  /** True when this is news: other connections may have failed with the same fault. */
  failed(error: Error): boolean {
    this.#openingSince = null;
    this.#refuses = error instanceof RelayRefusesLogin;
    this.#trouble = { since: this.#trouble?.since ?? this.#clock.now(), why: error.message };
    if (this.waitMs > 0) return false;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, MAX_WAIT_MS);
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
