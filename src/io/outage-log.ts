/**
 * Logs one line when something becomes unreachable, one per minute while it stays so, and one when it is back.
 * Libraries report every retry, several times a second.
 */
import type { Log } from '../ports.ts';

const REPEAT_MS = 60_000;

export class OutageLog {
  readonly #log: Log;
  readonly #what: string;
  readonly #now: () => number;
  #since: number | null = null;
  #loggedAt: number | null = null;

  /** `what` completes "... cannot be reached". */
  constructor(log: Log, what: string, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#what = what;
    this.#now = now;
  }

  failed(error: Error): void {
    const now = this.#now();
    this.#since ??= now;
    if (this.#loggedAt !== null && now - this.#loggedAt < REPEAT_MS) return;
    this.#loggedAt = now;
    const seconds = Math.round((now - this.#since) / 1_000);
    this.#log.warn({ error: error.message, seconds }, `${this.#what} cannot be reached`);
  }

  back(): void {
    if (this.#since === null) return;
    const seconds = Math.round((this.#now() - this.#since) / 1_000);
    this.#since = null;
    this.#loggedAt = null;
    this.#log.info({ seconds }, `${this.#what} is back`);
  }
}
