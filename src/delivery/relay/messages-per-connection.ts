/**
 * How many messages one connection to a relay may carry: as configured (`messages=`), and as the relay has said. What
 * it said is believed for an hour, so that a misread reply does no lasting harm.
 */
import type { Clock } from '../../ports.ts';

const BELIEVED_MS = 3_600_000;

export class MessagesPerConnection {
  #clock: Pick<Clock, 'monotonic'>;
  /** 0: no limit. */
  #set: number;
  #learned = Number.POSITIVE_INFINITY;
  #until = 0;

  constructor(clock: Pick<Clock, 'monotonic'>, set: number) {
    this.#clock = clock;
    this.#set = set;
  }

  set(max: number): void {
    this.#set = max;
  }

  /** The relay said after `taken` messages that the connection was used up. Returns whether that is news. */
  learn(taken: number): boolean {
    const news = taken < this.#learned;
    this.#learned = Math.min(this.#learned, taken);
    this.#until = this.#clock.monotonic() + BELIEVED_MS;
    return news;
  }

  /**
   * True when a connection should be left after it handed over `handedOver` messages, of which the relay accepted
   * `taken`.
   */
  isUsedUp(handedOver: number, taken: number): boolean {
    if (this.#set > 0 && handedOver >= this.#set) return true;
    if (taken < this.#learned) return false;
    if (this.#clock.monotonic() < this.#until) return true;
    this.#learned = Number.POSITIVE_INFINITY;
    return false;
  }
}
