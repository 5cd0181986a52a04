/**
 * A worker's connections to one relay whose number is limited across all processes. Every live worker may have its
 * share; one that has more, because another worker has started, closes some after their current message.
 *
 * The ledger is told how many connections there are, never that one was opened or closed, so the next report corrects
 * whatever was lost while the database was away. Reports go one after the other.
 */
import type { Db } from '../../db/connection.ts';
import { claimConnection, hasFreeConnection, noteConnections } from '../../ledger/relays/connection-limit.ts';
import type { Log } from '../../ports.ts';

export interface ConnectionSlot {
  /** True when the connection should be closed after its message. */
  isSurplus(): boolean;
  release(): void;
}

/** The lease under which the ledger counts a slot; null: the slot was taken before there was a limit. */
interface Held {
  under: number | null;
}

export class ConnectionLimit {
  #db: Db;
  #log: Log;
  #relay: string;
  #workerId: () => number;
  #limit = 0;
  #share = Number.POSITIVE_INFINITY;
  #held = new Set<Held>();
  #turn: Promise<unknown> = Promise.resolve();
  /** The ledger may have a different number from ours. */
  #stale = false;
  /** A report waits for its turn: it will send the number of that moment. */
  #reportWaits = false;

  constructor(relay: string, parts: { db: Db; log: Log; workerId(): number }) {
    this.#relay = relay;
    this.#db = parts.db;
    this.#log = parts.log;
    this.#workerId = () => parts.workerId();
  }

  /**
   * `limit`: connections across all processes, 0 for none; `workers`: how many share them. Called with every heartbeat,
   * which also repeats a report that was lost.
   */
  set(limit: number, workers: number): void {
    this.#limit = limit;
    this.#share = limit === 0 ? Number.POSITIVE_INFINITY : Math.ceil(limit / Math.max(1, workers));
    if (this.#stale) this.#report();
  }

  /** The most connections that this worker may have open. */
  get share(): number {
    return this.#share;
  }

  /** True when this worker has a connection, or could open one. */
  async any(): Promise<boolean> {
    if (this.#limit === 0 || this.#held.size > 0) return true;
    return hasFreeConnection(this.#db, this.#relay, this.#workerId(), this.#limit);
  }

  /** Null when there is no slot now. Rejects when the database is away. */
  async claim(): Promise<ConnectionSlot | null> {
    return this.#limit > 0 ? this.#inTurn(() => this.#claim()) : this.#slot({ under: null });
  }

  async #claim(): Promise<ConnectionSlot | null> {
    if (this.#held.size >= this.#share) return null;
    const workerId = this.#workerId();
    const connections = this.#countedUnder(workerId) + 1;
    try {
      if (!(await claimConnection(this.#db, this.#relay, workerId, { connections, limit: this.#limit })))
        return null;
    } catch (error) {
      // It may have been written anyway.
      this.#stale = true;
      throw error;
    }
    this.#stale = false;
    return this.#slot({ under: workerId });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }

  #countedUnder(workerId: number): number {
    return [...this.#held].filter(({ under }) => under === workerId).length;
  }

  /** Other workers do not see a slot that was taken before there was a limit, or under a lost lease: it is surplus. */
  #slot(held: Held): ConnectionSlot {
    this.#held.add(held);
    return {
      isSurplus: () => this.#limit > 0 && (held.under !== this.#workerId() || this.#held.size > this.#share),
      release: () => {
        if (this.#held.delete(held) && held.under !== null) this.#report();
      },
    };
  }

  #report(): void {
    this.#stale = true;
    if (this.#reportWaits) return;
    this.#reportWaits = true;
    this.#inTurn(() => this.#writeCount()).catch((error: Error) =>
      this.#log.warn(
        { error: error.message },
        'could not report how many connections are open; trying again with the next heartbeat',
      ),
    );
  }

  async #writeCount(): Promise<void> {
    this.#reportWaits = false;
    const workerId = this.#workerId();
    this.#stale = false;
    try {
      await noteConnections(this.#db, this.#relay, workerId, this.#countedUnder(workerId));
    } catch (error) {
      this.#stale = true;
      throw error;
    }
  }
}
