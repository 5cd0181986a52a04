/**
 * How many connections a relay lets this process have, as found out: one that cannot be opened while others work is
 * one too many, and no sign that the relay is down. Those that work go on; one more is tried after a while, later each
 * time that fails, and again soon after one that was let in.
 */
import type { Clock } from '../../ports.ts';

const FIRST_WAIT_MS = 5_000;
const MAX_WAIT_MS = 300_000;

export class AllowedConnections {
  #clock: Pick<Clock, 'monotonic'>;
  #found = Number.POSITIVE_INFINITY;
  #waitMs = FIRST_WAIT_MS;
  #triedAgainAt = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Connections to have at the most now, those that are being opened among them. */
  get most(): number {
    return this.#clock.monotonic() < this.#triedAgainAt ? this.#found : this.#found + 1;
  }

  /** True where a limit was found. */
  get limited(): boolean {
    return this.#found !== Number.POSITIVE_INFINITY;
  }

  /** One more than so many, which work, was not let in. Returns whether that is news. */
  refused(working: number): boolean {
    const known = this.#found === working;
    this.#waitMs = known ? Math.min(this.#waitMs * 2, MAX_WAIT_MS) : FIRST_WAIT_MS;
    this.#found = working;
    this.#triedAgainAt = this.#clock.monotonic() + this.#waitMs;
    return !known;
  }

  /** So many are open now. */
  opened(working: number): void {
    if (working <= this.#found || !this.limited) return;
    this.#found = working;
    this.#waitMs = FIRST_WAIT_MS;
    this.#triedAgainAt = this.#clock.monotonic() + this.#waitMs;
  }
}
