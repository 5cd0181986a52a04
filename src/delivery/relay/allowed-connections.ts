/**
 * How many connections a relay lets this process open, as found by trying: one that cannot be opened while others work
 * is one too many, and no sign that the relay is down. Those that work go on. One more is tried after a while, later
 * each time that fails, and soon again after one was let in.
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

  /** The most connections to have now, those being opened included. */
  get max(): number {
    return this.#clock.monotonic() < this.#triedAgainAt ? this.#found : this.#found + 1;
  }

  /** True where a limit was found. */
  get limited(): boolean {
    return this.#found !== Number.POSITIVE_INFINITY;
  }

  /** A further connection was not let in while `working` others work. Returns whether that is news. */
  refused(working: number): boolean {
    const known = this.#found === working;
    this.#waitMs = known ? Math.min(this.#waitMs * 2, MAX_WAIT_MS) : FIRST_WAIT_MS;
    this.#found = working;
    this.#triedAgainAt = this.#clock.monotonic() + this.#waitMs;
    return !known;
  }

  /** A connection was opened; `working` are open now. */
  opened(working: number): void {
    if (working <= this.#found || !this.limited) return;
    this.#found = working;
    this.#waitMs = FIRST_WAIT_MS;
    this.#triedAgainAt = this.#clock.monotonic() + this.#waitMs;
  }
}
