/**
 * The courier of one relay in one process: carries parcels over at most `pool` connections, one message at a time on
 * each. The story of one parcel is `#carry`: wait for the pace, compose, hand over behind the mark, settle.
 */
import type { Db } from '../db/connection.ts';
import { Refused, RelayRefusesLogin } from '../errors.ts';
import { type Settle, settleUnmarked } from '../ledger/exchange.ts';
import type { Exchanger, MarkAnswer } from './exchanger.ts';
import { later, type Outcome, outcomeOf, refusesSender, unsendable } from './outcome.ts';
import type { Clock, HandOver, Log, Pace, Relay, Wire } from './ports.ts';
import { retryDelay } from './retry.ts';
import { type Parcel, Waiting } from './waiting.ts';

export type { Parcel } from './waiting.ts';

export interface CourierTimes {
  retryMs: readonly number[];
  markFreshMs: number;
  /** An idle connection is closed after this. */
  idleMs: number;
}

export class Courier {
  readonly relay: Relay;
  #db: Db;
  #exchanger: Exchanger;
  #pace: Pace;
  #clock: Clock;
  #log: Log;
  #times: CourierTimes;
  #waiting = new Waiting();
  #idle: (() => void)[] = [];
  #connections = 0;
  #closing = new AbortController();
  /** Times in a row that the relay could not be opened, and until when nobody tries again. */
  #down = 0;
  #downUntil = 0;

  constructor(
    relay: Relay,
    parts: { db: Db; exchanger: Exchanger; pace: Pace; clock: Clock; log: Log; times: CourierTimes },
  ) {
    this.relay = relay;
    this.#db = parts.db;
    this.#exchanger = parts.exchanger;
    this.#pace = parts.pace;
    this.#clock = parts.clock;
    this.#log = parts.log.child({ relay: relay.settings.name });
    this.#times = parts.times;
  }

  submit(parcel: Parcel): void {
    this.#waiting.add(parcel);
    const idle = this.#idle.shift();
    if (idle) idle();
    else if (this.#connections < this.relay.settings.pool) void this.#connection();
  }

  /** Lets go of parcels that were stopped while they waited for a connection. */
  dropStopped(): void {
    this.#waiting.dropStopped();
  }

  /** Idle connections say QUIT; busy ones do when their parcel is carried. */
  close(): void {
    this.#closing.abort();
    for (const idle of this.#idle.splice(0)) idle();
  }

  /** The life of one connection: opened when there is work, closed when there is none for a while. */
  async #connection(): Promise<void> {
    this.#connections += 1;
    try {
      while (!this.#closing.signal.aborted && (await this.#hasWork())) {
        const wire = await this.#open();
        if (!wire) continue;
        await this.#serve(wire);
        await wire.close();
      }
    } finally {
      this.#connections -= 1;
    }
    // A parcel that came between the last look and the end found every connection counted and none idle.
    if (this.#waiting.size > 0 && !this.#closing.signal.aborted) void this.#connection();
  }

  async #hasWork(): Promise<boolean> {
    await this.#exchanger.whenStored();
    return this.#waiting.size > 0;
  }

  /** Null when the relay is down: waits longer each time; parcels stay where they are, or are dropped when stopped. */
  async #open(): Promise<Wire | null> {
    const wait = this.#downUntil - this.#clock.monotonic();
    if (wait > 0) {
      await this.#clock.sleep(wait, this.#closing.signal);
      this.dropStopped();
      return null;
    }
    try {
      const wire = await this.relay.open();
      this.#down = 0;
      return wire;
    } catch (error) {
      this.#noteDown(error as Error);
      return null;
    }
  }

  /** All connections fail at the same moment when a relay goes: that is one failure, not one for each. */
  #noteDown(error: Error): void {
    if (this.#clock.monotonic() >= this.#downUntil) {
      this.#down += 1;
      this.#downUntil = this.#clock.monotonic() + Math.min(250 * 2 ** this.#down, 30_000);
      this.#log.warn({ error: error.message }, 'the relay is down; waiting for it');
    }
    if (error instanceof RelayRefusesLogin) this.#waiting.stopIssues('relay-refuses-login', error.message);
    this.dropStopped();
  }

  async #serve(wire: Wire): Promise<void> {
    for (let parcel = await this.#next(); parcel; parcel = await this.#next()) {
      if (
        !(await this.#pace.take(this.relay.settings.name, this.#closing.signal)) ||
        parcel.stopped() ||
        !wire.usable
      ) {
        this.#putBack(parcel);
        if (!wire.usable) return;
        continue;
      }
      await this.#carry(wire, parcel);
      if (!wire.usable) return;
      await this.#exchanger.whenStored();
    }
  }

  #putBack(parcel: Parcel): void {
    if (parcel.stopped() || this.#closing.signal.aborted) parcel.done();
    else this.#waiting.putBack(parcel);
  }

  /** The next parcel; waits for one as long as an idle connection may stay open, then null. */
  async #next(): Promise<Parcel | null> {
    const parcel = this.#waiting.take();
    if (parcel || this.#closing.signal.aborted) return parcel;
    const given = new AbortController();
    const wake = () => given.abort();
    this.#idle.push(wake);
    await this.#clock.sleep(this.#times.idleMs, given.signal);
    this.#idle = this.#idle.filter((idle) => idle !== wake);
    return this.#waiting.take();
  }

  async #carry(wire: Wire, parcel: Parcel): Promise<void> {
    const composed = compose(parcel);
    if (composed instanceof Refused) return this.#settleUnmarked(parcel, unsendable(composed.message));
    if (composed instanceof Error && parcel.first)
      return this.#settleUnmarked(parcel, later('cannot-compose', composed.message, this.#retryMs(parcel)));
    if (composed instanceof Error) {
      parcel.stop('cannot-compose', composed.message);
      parcel.done();
      return;
    }
    let answer: MarkAnswer | null = null;
    let askedAt = 0;
    const mark = async () => {
      askedAt = this.#clock.monotonic();
      const { issueId, id, fence } = parcel.delivery;
      answer = await this.#exchanger.mark(issueId, parcel.workerId, { id, fence });
      return answer === 'granted';
    };
    const stillFresh = () => this.#clock.monotonic() - askedAt <= this.#times.markFreshMs;
    const end = await wire.handOver(composed.envelope, composed.bytes, mark, stillFresh);
    this.#settle(parcel, end, answer);
  }

  /** Asks for the settle without waiting for it: the connection goes on, its next mark comes after it. */
  #settle(parcel: Parcel, end: HandOver, answer: MarkAnswer | null): void {
    const outcome = outcomeOf(end, { service: parcel.first, retryMs: this.#retryMs(parcel) });
    if (!parcel.first && refusesSender(end)) parcel.stop('relay-refuses-sender', outcome.reply ?? '');
    if (answer === null) {
      void this.#settleUnmarked(parcel, outcome);
      return;
    }
    if (answer === 'refused') {
      parcel.refusedMark();
      parcel.done();
      return;
    }
    const { issueId, id, fence } = parcel.delivery;
    const settle: Settle = { ...outcome, id, fence: fence + 1, relay: this.relay.settings.name };
    void this.#exchanger.settle(issueId, parcel.workerId, settle).then(() => parcel.done());
  }

  #retryMs(parcel: Parcel): number {
    return retryDelay(this.#times.retryMs, parcel.delivery.attempts + 1);
  }

  async #settleUnmarked(parcel: Parcel, outcome: Outcome): Promise<void> {
    const { issueId, id, fence } = parcel.delivery;
    if (outcome.state !== 'planned') {
      const settle: Settle = { ...outcome, id, fence, relay: this.relay.settings.name };
      await settleUnmarked(this.#db, issueId, settle).catch((error: Error) =>
        this.#log.warn({ error: error.message }, 'a refusal could not be stored; it will be tried again'),
      );
    }
    parcel.done();
  }
}

/** A fault that is no refusal would hit every message alike: it is our fault, or the edition's. */
function compose(parcel: Parcel): ReturnType<Parcel['compose']> | Error {
  try {
    return parcel.compose();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
