/**
 * One line when a part goes away, one a minute while it stays away, one when it is back: a library reports each of its
 * tries, several a second.
 */
import type { Log } from '../ports.ts';

const AGAIN_MS = 60_000;

export class OutageLog {
  readonly #log: Log;
  readonly #what: string;
  readonly #now: () => number;
  #since: number | null = null;
  #toldAt: number | null = null;

  /** `what` completes "... cannot be reached". */
  constructor(log: Log, what: string, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#what = what;
    this.#now = now;
  }

  failed(error: Error): void {
    const now = this.#now();
    this.#since ??= now;
    if (this.#toldAt !== null && now - this.#toldAt < AGAIN_MS) return;
    this.#toldAt = now;
    const seconds = Math.round((now - this.#since) / 1_000);
    this.#log.warn({ error: error.message, seconds }, `${this.#what} cannot be reached`);
  }

  back(): void {
    if (this.#since === null) return;
    const seconds = Math.round((this.#now() - this.#since) / 1_000);
    this.#since = null;
    this.#toldAt = null;
    this.#log.info({ seconds }, `${this.#what} is back`);
  }
}
