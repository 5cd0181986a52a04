/**
 * How many connections a relay lets this process open, found by trying. If a connection cannot be opened while others
 * work, it is one too many, and no sign that the relay is down; the others continue. After a while we try one more:
 * later each time that this fails, and soon again after one succeeded.
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

  /** The most connections to have now, including those being opened. */
  get max(): number {
    return this.#clock.monotonic() < this.#triedAgainAt ? this.#found : this.#found + 1;
  }

  /** True where a limit was found. */
  get limited(): boolean {
    return this.#found !== Number.POSITIVE_INFINITY;
  }

  /** The relay refused a further connection while `working` others work. Returns whether that is news. */
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
