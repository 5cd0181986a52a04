/**
 * The windows that this process has in its hands. A lease whose answer was lost, with a connection that died or a
 * database that was restarted, stands in the ledger all the same: nobody here knows of it, and its deliveries would
 * wait for as long as this worker lives. So with every sweep it ends what is its own and in no hands.
 */
import type { Db } from '../../db/connection.ts';
import { type Batch, endBatch, openBatchesOf } from '../../ledger/lease.ts';

export class HeldBatches {
  #ids = new Set<number>();
  #leases = new Set<Promise<unknown>>();

  /** Holds what `lease` gives until it is let go of. */
  async hold(lease: Promise<Batch | null>): Promise<Batch | null> {
    const noted = lease.then((window) => {
      if (window) this.#ids.add(window.id);
      return window;
    });
    this.#leases.add(noted);
    try {
      return await noted;
    } finally {
      this.#leases.delete(noted);
    }
  }

  release(windowId: number): void {
    this.#ids.delete(windowId);
  }

  /** Ends windows of this worker that nobody holds. Returns how many. */
  async endUnheld(db: Db, workerId: number): Promise<number> {
    const open = await openBatchesOf(db, workerId);
    // Leases under way may be among them already; from here on each is held, or its answer is lost.
    await Promise.allSettled(this.#leases);
    const unheld = open.filter(({ id }) => !this.#ids.has(id));
    for (const { id, issueId } of unheld) await endBatch(db, issueId, id);
    return unheld.length;
  }
}
