/**
 * The batches that this process knows it has leased. A lease whose answer was lost, since the connection died or the
 * database was restarted, stands in the ledger all the same: nobody here knows of it, and its deliveries would wait
 * for as long as this worker lives. So every sweep ends batches of this worker that nobody here holds.
 */
import type { Db } from '../../db/connection.ts';
import { type Batch, endBatch, openBatchesOf } from '../../ledger/lease.ts';

export class HeldBatches {
  #ids = new Set<number>();
  #leases = new Set<Promise<unknown>>();

  /** Holds what `lease` gives until it is released. */
  async hold(lease: Promise<Batch | null>): Promise<Batch | null> {
    const noted = lease.then((batch) => {
      if (batch) this.#ids.add(batch.id);
      return batch;
    });
    this.#leases.add(noted);
    try {
      return await noted;
    } finally {
      this.#leases.delete(noted);
    }
  }

  release(batchId: number): void {
    this.#ids.delete(batchId);
  }

  /** Ends batches of this worker that nobody holds. Returns how many. */
  async endUnheld(db: Db, workerId: number): Promise<number> {
    const open = await openBatchesOf(db, workerId);
    // Leases under way may be among them already; from here on each is held, or its answer is lost.
    await Promise.allSettled(this.#leases);
    const unheld = open.filter(({ id }) => !this.#ids.has(id));
    for (const { id, issueId } of unheld) await endBatch(db, issueId, id);
    return unheld.length;
  }
}
