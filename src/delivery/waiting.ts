/** Parcels that wait for one of a courier's connections. */

import type { LeasedDelivery } from '../ledger/lease.ts';
import type { Envelope } from './ports.ts';

export interface Parcel {
  delivery: LeasedDelivery;
  workerId: number;
  /** Service mails go before everything. */
  first: boolean;
  /** Throws Refused when no proper message can be made of it: the delivery is refused with that reason. */
  compose(): { envelope: Envelope; bytes: Buffer };
  /** True: leave it where it is (pause, drain, lost lease). */
  stopped(): boolean;
  /** The relay does not want the whole issue (login or sender refused). */
  stop(reason: string, why: string): void;
  /** A mark was refused: something about the issue or the person has changed. */
  refusedMark(): void;
  /** It is settled and stored, or was left. Called once. */
  done(): void;
}

/** Synchronous and cheap: it stands in the hot path, between two messages of a connection. */
export class Waiting {
  #parcels: Parcel[] = [];

  get size(): number {
    return this.#parcels.length;
  }

  add(parcel: Parcel): void {
    if (parcel.first) this.#parcels.unshift(parcel);
    else this.#parcels.push(parcel);
  }

  /** One that was taken and not begun: it is the next again. */
  putBack(parcel: Parcel): void {
    this.#parcels.unshift(parcel);
  }

  /** The next one to carry; null when none waits. Stopped ones on the way are let go of. */
  take(): Parcel | null {
    while (this.#parcels[0]?.stopped()) this.#parcels.shift()?.done();
    return this.#parcels.shift() ?? null;
  }

  /** Lets go of parcels that were stopped while they waited. */
  dropStopped(): void {
    const stopped: Parcel[] = [];
    const rest: Parcel[] = [];
    for (const parcel of this.#parcels) (parcel.stopped() ? stopped : rest).push(parcel);
    this.#parcels = rest;
    for (const parcel of stopped) parcel.done();
  }

  /** Stops every issue that waits here. Service mails have none: they wait for the relay. */
  stopIssues(reason: string, why: string): void {
    for (const parcel of this.#parcels) if (!parcel.first) parcel.stop(reason, why);
    this.dropStopped();
  }
}
