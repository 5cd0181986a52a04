/**
 * How a relay bears refused recipients, as one process has found. Some count them, and DATA written behind one as
 * another, and slow down or close after a few: Courier doubles its delay with each, Postfix waits a second from the
 * tenth, chasquid closes at the third. A fresh connection has none yet.
 *
 * But a fresh connection costs a greeting, and some greet late. So a relay that bore as many as a connection may see is
 * shown one more on the next, up to what Postfix bears, until it holds one back or closes.
 */

/** A refusal that took longer than this was held back on purpose. */
const SLOW_MS = 1_000;
/** In a row, on one connection, of a relay that nothing is known of. */
const FEW_REFUSALS = 2;
/** Each may be two errors to a relay that counts a DATA written behind one, and there are RSETs between them. */
const MOST_REFUSALS = 6;

export class RefusalLimit {
  #slowMs: number;
  /** Slow refusals one after the other. A single one may be a slow name server of the recipient's. */
  #slow = 0;
  /** So many in a row are enough for a connection. */
  #enough = FEW_REFUSALS;
  /** It was seen not to bear more. */
  #ceiling = MOST_REFUSALS;

  constructor(slowMs = SLOW_MS) {
    this.#slowMs = slowMs;
  }

  /** One refusal is as many as a connection should see, and DATA is not pipelined on it before a recipient was taken. */
  get isStrict(): boolean {
    return this.#slow > 1;
  }

  /** A recipient was refused, with DATA written behind it. */
  noteRefusal(tookMs: number): void {
    this.#slow = tookMs > this.#slowMs ? this.#slow + 1 : 0;
  }

  /** The relay ended a connection on which it had refused recipients. */
  noteClosed(): void {
    // Too many were shown to it: that is no reason yet to show it fewer than any other relay.
    if (this.#enough > FEW_REFUSALS) this.#bearsNoMoreThan(FEW_REFUSALS);
    else this.#slow += 2;
  }

  /** True when a connection with so many refusals in a row, the last of which took so long, is to be left. */
  isReached(inRow: number, tookMs: number): boolean {
    if (tookMs > this.#slowMs) {
      if (inRow > FEW_REFUSALS) this.#bearsNoMoreThan(inRow - 1);
      return true;
    }
    if (this.isStrict) return true;
    if (inRow < this.#enough) return false;
    if (inRow === this.#enough) this.#enough = Math.min(inRow + 1, this.#ceiling);
    return true;
  }

  #bearsNoMoreThan(refusals: number): void {
    this.#ceiling = Math.min(this.#ceiling, refusals);
    this.#enough = Math.min(this.#enough, this.#ceiling);
  }
}
