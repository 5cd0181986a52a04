/** A worker's lease in the ledger: taken at the start, kept by heartbeats, and taken anew when it was lost. */
import type { Db } from '../../db/connection.ts';
import { heartbeat, registerWorker } from '../../ledger/workers/leases.ts';
import { allowManyListeners } from './stop.ts';

export interface HeldLease {
  readonly id: number;
  readonly lost: AbortSignal;
}

export class WorkerLease {
  #db: Db;
  #name: string;
  #leaseMs: number;
  #id: number;
  #lost = newLoss();

  private constructor(db: Db, name: string, leaseMs: number, id: number) {
    this.#db = db;
    this.#name = name;
    this.#leaseMs = leaseMs;
    this.#id = id;
  }

  static async take(db: Db, name: string, leaseMs: number): Promise<WorkerLease> {
    return new WorkerLease(db, name, leaseMs, await registerWorker(db, name, leaseMs));
  }

  /** Changes when the worker lost its lease and took a new one. */
  get id(): number {
    return this.#id;
  }

  /** `lost` aborts when the lease of this `id` is lost: what was leased under it then belongs to others. */
  get current(): HeldLease {
    return { id: this.#id, lost: this.#lost.signal };
  }

  /** False when the lease had run out and a new one was taken. */
  async renew(): Promise<boolean> {
    if (await heartbeat(this.#db, this.#id, this.#leaseMs)) return true;
    const id = await registerWorker(this.#db, this.#name, this.#leaseMs);
    const lost = this.#lost;
    this.#id = id;
    this.#lost = newLoss();
    lost.abort();
    return false;
  }
}

function newLoss(): AbortController {
  const lost = new AbortController();
  allowManyListeners(lost.signal);
  return lost;
}
