/** The batches of a slice that run concurrently. */
import type { WorkerContext } from './context.ts';
import type { LaneSlice } from './lane-slice.ts';

export class RunningBatches {
  #context: WorkerContext;
  #slice: LaneSlice;
  #maxBatches: number;
  #running = new Set<Promise<void>>();
  #faults: unknown[] = [];

  /** At most two batches per relay: its connections never wait for a lease, and a pause gives back little. */
  constructor(context: WorkerContext, slice: LaneSlice) {
    this.#context = context;
    this.#slice = slice;
    this.#maxBatches = 2 * slice.relays.length;
  }

  /** True when a batch failed: no further one should begin. */
  get failed(): boolean {
    return this.#faults.length > 0;
  }

  /** Resolves when there is room for another batch. */
  async add(delivering: Promise<void>): Promise<void> {
    const running = delivering
      .catch((error: unknown) => this.#noteFault(error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    if (this.#running.size >= this.#maxBatches) await Promise.race(this.#running);
  }

  /** Resolves when all have ended, and rejects with the first error. */
  async end(): Promise<void> {
    await Promise.all(this.#running);
    if (this.failed) throw this.#faults[0];
  }

  #noteFault(error: unknown): void {
    this.#faults.push(error);
    this.#context.log.error(
      {
        issue: this.#slice.settings.name,
        lane: this.#slice.lane,
        error: error instanceof Error ? error.message : String(error),
      },
      'a batch failed; what still waits in it is given back',
    );
  }
}
