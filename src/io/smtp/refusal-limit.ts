/**
 * How many refused recipients in a row a connection may see before it is closed and a fresh one is opened, as this
 * process has learned it for one relay. Some relays count refusals (and a pipelined DATA after one as another error)
 * and slow down or close after a few: Courier doubles its delay with each, Postfix waits a second from the tenth on,
 * chasquid closes at the third. A fresh connection starts at zero.
 *
 * But a fresh connection costs a greeting, and some relays delay theirs. So whenever a relay tolerated the current
 * limit, the next connection may see one more, up to what Postfix tolerates, until the relay delays a refusal or
 * closes.
 */

/** A refusal that took longer was delayed on purpose. */
const SLOW_REFUSAL_MS = 1_000;
/** For a relay about which nothing is known. */
const DEFAULT_LIMIT = 2;
/** A relay that counts a pipelined DATA counts two errors per refusal, and there are RSETs in between. */
const MAX_LIMIT = 6;

export class RefusalLimit {
  #slowMs: number;
  /** Slow refusals in a row. A single one may be due to the slow name server of one recipient's domain. */
  #slowInRow = 0;
  #limit = DEFAULT_LIMIT;
  /** The relay did not tolerate more. */
  #ceiling = MAX_LIMIT;

  constructor(slowMs = SLOW_REFUSAL_MS) {
    this.#slowMs = slowMs;
  }

  /** A connection may see one refusal only, and pipelines no DATA until a recipient was accepted. */
  get isStrict(): boolean {
    return this.#slowInRow > 1;
  }

  /** The relay refused a recipient that had a pipelined DATA after it. */
  noteRefusal(tookMs: number): void {
    this.#slowInRow = tookMs > this.#slowMs ? this.#slowInRow + 1 : 0;
  }

  /** The relay closed a connection on which it had refused recipients. */
  noteClosed(): void {
    // The connection saw more refusals than the default, so there is no reason to allow fewer than that.
    if (this.#limit > DEFAULT_LIMIT) this.#lowerCeiling(DEFAULT_LIMIT);
    else this.#slowInRow += 2;
  }

  /** True when a connection with this many refusals in a row, the last of which took `tookMs`, should be closed. */
  isReached(inRow: number, tookMs: number): boolean {
    if (tookMs > this.#slowMs) {
      if (inRow > DEFAULT_LIMIT) this.#lowerCeiling(inRow - 1);
      return true;
    }
    if (this.isStrict) return true;
    if (inRow < this.#limit) return false;
    if (inRow === this.#limit) this.#limit = Math.min(inRow + 1, this.#ceiling);
    return true;
  }

  #lowerCeiling(refusals: number): void {
    this.#ceiling = Math.min(this.#ceiling, refusals);
    this.#limit = Math.min(this.#limit, this.#ceiling);
  }
}
