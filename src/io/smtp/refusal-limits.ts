/**
 * How a relay bears refused recipients, as one process has found. Some count them, and DATA written behind one as
 * another, and slow down or close after a few: Courier doubles its delay with each, Postfix waits a second from the
 * tenth, chasquid closes at the third. A fresh connection has none yet.
 */

/** A refusal that took longer than this was held back on purpose. */
const SLOW_MS = 1_000;
/** In a row, on one connection. */
const MAX_REFUSALS = 2;

export class RefusalHabits {
  #slowMs: number;
  /** Slow refusals one after the other. A single one may be a slow name server of the recipient's. */
  #slow = 0;

  constructor(slowMs = SLOW_MS) {
    this.#slowMs = slowMs;
  }

  /** One refusal is as many as a connection should see, and DATA is not pipelined on it before a recipient was taken. */
  get punishes(): boolean {
    return this.#slow > 1;
  }

  /** A recipient was refused, with DATA written behind it. */
  note(tookMs: number): void {
    this.#slow = tookMs > this.#slowMs ? this.#slow + 1 : 0;
  }

  /** The relay ended a connection on which it had refused recipients. */
  closed(): void {
    this.#slow += 2;
  }

  /** True when a connection with so many refusals in a row, the last of which took so long, is to be left. */
  isEnough(inRow: number, tookMs: number): boolean {
    return inRow >= (this.punishes ? 1 : MAX_REFUSALS) || tookMs > this.#slowMs;
  }
}
