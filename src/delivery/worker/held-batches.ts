/**
 * The batches that this process knows it has leased. If the answer to a lease was lost (the connection died, or the
 * database was restarted), the batch exists in the ledger, but nobody here knows about it, and its deliveries would
 * wait for as long as this worker lives. So every sweep ends this worker's batches that nobody here holds.
 */
import type { Db } from '../../db/connection.ts';
import { type Batch, endBatch, openBatchesOf } from '../../ledger/lease.ts';

export class HeldBatches {
  #ids = new Set<number>();
  #leases = new Set<Promise<unknown>>();

  /** Holds the batch that `lease` returns until it is released. */
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

  /** Ends this worker's batches that nobody holds. Returns how many. */
  async endUnheld(db: Db, workerId: number): Promise<number> {
    const open = await openBatchesOf(db, workerId);
    // Leases that are under way may already be among them; once they are done, each is held or its answer is lost.
    await Promise.allSettled(this.#leases);
    const unheld = open.filter(({ id }) => !this.#ids.has(id));
    for (const { id, issueId } of unheld) await endBatch(db, issueId, id);
    return unheld.length;
  }
}
