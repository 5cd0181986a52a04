/**
 * A worker's connections to one relay, where the relay limits them over all processes. Every live worker may have
 * its share of them; one that has more (another worker came) closes some after their message.
 */
import type { Db } from '../db/connection.ts';
import { claimSeat, hasFreeSeat, leaveSeat } from '../ledger/relay-seats.ts';
import type { Log } from './ports.ts';

export interface Seat {
  /** True when the connection should be closed after its message. */
  surplus(): boolean;
  leave(): void;
}

export class Seats {
  #db: Db;
  #log: Log;
  #relay: string;
  #workerId: () => number;
  #limit = 0;
  #share = Number.POSITIVE_INFINITY;
  #held = 0;

  constructor(relay: string, parts: { db: Db; log: Log; workerId(): number }) {
    this.#relay = relay;
    this.#db = parts.db;
    this.#log = parts.log;
    this.#workerId = () => parts.workerId();
  }

  /** `limit`: connections over all processes, 0 for none; `workers`: how many share them. */
  set(limit: number, workers: number): void {
    this.#limit = limit;
    this.#share = limit === 0 ? Number.POSITIVE_INFINITY : Math.ceil(limit / Math.max(1, workers));
  }

  /** Connections that this worker may have open at the most. */
  get share(): number {
    return this.#share;
  }

  /** True when this worker has a connection, or could open one. */
  async any(): Promise<boolean> {
    return this.#limit === 0 || this.#held > 0 || (await hasFreeSeat(this.#db, this.#relay, this.#limit));
  }

  /** Null when there is no seat now. Rejects when the database is away. */
  async claim(): Promise<Seat | null> {
    const workerId = this.#workerId();
    const counted = this.#limit > 0;
    if (counted && this.#held >= this.#share) return null;
    this.#held += 1;
    try {
      if (!counted || (await claimSeat(this.#db, this.#relay, workerId, this.#limit)))
        return this.#seat(workerId, counted);
    } catch (error) {
      this.#held -= 1;
      throw error;
    }
    this.#held -= 1;
    return null;
  }

  /** A seat that was taken before there was a limit, or under a lease that is lost, counts for nobody else. */
  #seat(workerId: number, counted: boolean): Seat {
    let left = false;
    return {
      surplus: () =>
        this.#limit > 0 && (!counted || workerId !== this.#workerId() || this.#held > this.#share),
      leave: () => {
        if (left) return;
        left = true;
        this.#held -= 1;
        if (!counted) return;
        leaveSeat(this.#db, this.#relay, workerId).catch((error: Error) =>
          this.#log.warn(
            { error: error.message },
            'a connection could not be given back; it is with our lease',
          ),
        );
      },
    };
  }
}
