/**
 * Lanes with a limited rate of messages: reserves sends in the ledger, which all processes share, and tells when the
 * next message may go.
 */
import type { Db } from '../../db/connection.ts';
import { reserveSends } from '../../ledger/lanes/claims.ts';
import type { Clock, Log } from '../../ports.ts';
import type { LaneThrottle } from './lane-throttle.ts';

/** The shortest wait before a rate is checked again. */
const MIN_WAIT_MS = 5;
/** How long a message that may go waits for a connection before `onReady` is called again. */
const TELL_AGAIN_MS = 1_000;

export class LaneRates {
  #db: Db;
  #clock: Clock;
  #log: Log;
  #onReady: () => void;
  #sleeping = new Set<AbortController>();
  #closed = false;

  /** `onReady` is called when a message of some lane may go. */
  constructor(parts: { db: Db; clock: Clock; log: Log; onReady(): void }) {
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#onReady = () => parts.onReady();
  }

  /**
   * Messages of a lane with a rate were submitted: calls `onReady` whenever the next one may go, until none waits any
   * more. While all connections are busy that has no effect: the first one that becomes free takes what may go.
   */
  async watch(throttle: LaneThrottle): Promise<void> {
    if (throttle.rateIsWatched || throttle.limits.rate === null) return;
    throttle.rateIsWatched = true;
    try {
      while (throttle.waiting > 0 && throttle.limits.rate !== null && !this.#closed) {
        if (throttle.needsSends) await this.#reserve(throttle);
        await this.#sleep(Math.max(MIN_WAIT_MS, throttle.nextSend - this.#clock.monotonic()));
        if (throttle.nextSend <= this.#clock.monotonic()) await this.#tellUntilTaken(throttle);
      }
    } catch (error) {
      this.#log.warn(
        { lane: throttle.lane, error: (error as Error).message },
        'could not reserve sends within the rate of a lane',
      );
    } finally {
      throttle.rateIsWatched = false;
    }
  }

  close(): void {
    this.#closed = true;
    for (const sleep of this.#sleeping) sleep.abort();
  }

  /**
   * Reserves half a second's worth, so that a process that dies wastes little, and an idle one withholds none from
   * others.
   */
  async #reserve(throttle: LaneThrottle): Promise<void> {
    const { rate } = throttle.limits;
    if (rate === null) return;
    const count = Math.max(1, Math.min(Math.ceil(rate / 2), throttle.waiting + 1));
    const inMs = await reserveSends(this.#db, throttle.relay, throttle.lane, { rate, count });
    throttle.giveSends(count, this.#clock.monotonic() + inMs);
  }

  /** Calls `onReady`, and resolves once a message was taken. */
  async #tellUntilTaken(throttle: LaneThrottle): Promise<void> {
    const taken = new AbortController();
    throttle.onTake = () => taken.abort();
    const sleep = this.#sleep(TELL_AGAIN_MS, taken);
    this.#onReady();
    await sleep;
    throttle.onTake = null;
  }

  /** Ends early when `over` aborts, or with `close`. */
  async #sleep(ms: number, over = new AbortController()): Promise<void> {
    if (this.#closed) return;
    this.#sleeping.add(over);
    await this.#clock.sleep(ms, over.signal);
    this.#sleeping.delete(over);
  }
}
