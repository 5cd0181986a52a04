/** The rate of a send over the last seconds. An overall mean would hide that a relay has become slow. */

const SPAN_MS = 10_000;
/** A shorter span says too little. */
const MIN_SPAN_MS = 900;

export class RecentRate {
  #samples: { at: number; settled: number }[] = [];

  /** `at`: monotonic milliseconds. One sample older than the span is kept, so that the whole span is covered. */
  add(at: number, settled: number): void {
    this.#samples.push({ at, settled });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - SPAN_MS) this.#samples.shift();
  }

  /** Settled per second over the last ten seconds; null while too little is known. */
  perSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < MIN_SPAN_MS) return null;
    return ((last.settled - first.settled) / (last.at - first.at)) * 1_000;
  }
}
