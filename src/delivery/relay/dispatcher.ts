/**
 * The courier of one relay in one process: carries parcels over at most `pool` connections, one message at a time on
 * each. The story of one parcel is `#carry`: wait for the pace, compose, hand over behind the mark, settle.
 */
import type { Db } from '../../db/connection.ts';
import { Refused, RelayDown, RelayRefusesLogin } from '../../errors.ts';
import { settleUnmarked } from '../../ledger/mark-and-settle.ts';
import type { Clock, HandOver, Log, Pace, Relay, RelayTerms, Wire } from '../../ports.ts';
import { MessageMemory } from '../../render/message/message.ts';
import { isAboutOurName } from '../replies/helo-replies.ts';
import type { LaneKeeper } from '../throttle/lane-throttles.ts';
import { retryDelay } from '../throttle/retry.ts';
import { AllowedConnections } from './allowed-connections.ts';
import { type Seat, Seats } from './connection-limit.ts';
import { Standing } from './health.ts';
import type { Exchanger, MarkAnswer } from './ledger-writer.ts';
import { type LeftConnection, leavesConnection } from './left-connection.ts';
import { MessagesPerConnection } from './messages-per-connection.ts';
import { later, notTried, type Outcome, outcomeOf, putOff, settleOf, unsendable } from './outcome.ts';
import { type Parcel, Waiting } from './ready-queue.ts';
import { Lessons } from './reply-feedback.ts';
import { RelayRests, USUAL_REST_MS } from './rests.ts';

export type { Parcel } from './ready-queue.ts';

export interface CourierTimes {
  retryMs: readonly number[];
  markFreshMs: number;
  /** An idle connection is closed after this. */
  idleMs: number;
  /** How long a relay rests that wants us slower; longer rests in proportion. Left out: a minute. */
  restMs?: number;
}

/** How soon to ask again for a connection that another worker still has. */
const SEAT_WAIT_MS = 500;
const REST_LOOK_MS = 500;

/** A relay that ends fresh connections is left alone for twice this, and twice as long each time. */
const UNUSED_WAIT_MS = 250;
const MAX_UNUSED_WAIT_MS = 60_000;

export class Courier {
  readonly relay: Relay;
  #db: Db;
  #exchanger: Exchanger;
  #pace: Pace;
  #clock: Clock;
  #log: Log;
  #times: CourierTimes;
  #lanes: LaneKeeper;
  #waiting: Waiting;
  #lessons: Lessons;
  #idle: (() => void)[] = [];
  #connections = 0;
  #closing = new AbortController();
  readonly standing: Standing;
  #seats: Seats;
  #messages: MessagesPerConnection;
  #allowed: AllowedConnections;
  /** Connections that are open. */
  #open = 0;
  /** Fresh connections one after the other that the relay ended before it answered to a recipient. */
  #unused = 0;
  /** Monotonic: it ended a fresh connection, while no other worked. */
  #restUntil = 0;
  #probing = false;
  /** Marks are asked when the relay waits for the message, not with the first command. */
  #marksLate = false;

  constructor(
    relay: Relay,
    parts: {
      db: Db;
      exchanger: Exchanger;
      pace: Pace;
      lanes: LaneKeeper;
      clock: Clock;
      log: Log;
      times: CourierTimes;
      /** Under whose lease connections are held. */
      workerId(): number;
    },
  ) {
    this.relay = relay;
    this.#db = parts.db;
    this.#exchanger = parts.exchanger;
    this.#pace = parts.pace;
    this.#clock = parts.clock;
    this.#log = parts.log.child({ relay: relay.settings.name });
    this.#times = parts.times;
    this.#lanes = parts.lanes;
    this.standing = new Standing(parts.clock);
    this.#seats = new Seats(relay.settings.name, parts);
    this.#messages = new MessagesPerConnection(parts.clock, relay.settings.messages);
    this.#allowed = new AllowedConnections(parts.clock);
    const { name } = relay.settings;
    this.#waiting = new Waiting(
      (lane) => this.#lanes.gate(name, lane),
      () => this.#clock.monotonic(),
    );
    this.#lanes.onChange(() => this.#lanesChanged());
    const { standing } = this;
    const restMs = parts.times.restMs ?? USUAL_REST_MS;
    const rests = new RelayRests(name, { db: parts.db, log: this.#log, standing, restMs });
    this.#lessons = new Lessons(name, { ...parts, rests, log: this.#log });
  }

  /** From now on; `workers` share the relay's connections. */
  setTerms({ messages, connections }: RelayTerms, workers: number): void {
    this.#messages.set(messages);
    this.#seats.set(connections, workers);
  }

  /** Resolves to true when a parcel would find a connection, or one could be opened for it. */
  hasSeat(): Promise<boolean> {
    return this.#seats.any();
  }

  /** Tries whether a relay that was down is back, when it is time to. */
  async probe(): Promise<void> {
    if (this.#probing || this.standing.waitMs > 0) return;
    this.#probing = true;
    const opened = await this.#openConnection().finally(() => {
      this.#probing = false;
    });
    await opened?.close();
  }

  submit(parcel: Parcel): void {
    this.#waiting.add(parcel);
    if (!parcel.first) void this.#lanes.pump(this.#lessons.gateOf(parcel));
    this.#offer();
  }

  /** What waits is taken up by an idle connection, or by one more. */
  #offer(): void {
    if (!this.#isWanted || this.#closing.signal.aborted) return;
    const idle = this.#idle.shift();
    if (idle) idle();
    else if (this.#mayOpen()) void this.#connection();
  }

  /** A lane is held, or has room again. */
  #lanesChanged(): void {
    this.#waiting.dropHeld();
    if (this.#closing.signal.aborted || !this.#isWanted) return;
    if (this.#idle.length > 0) for (const idle of this.#idle.splice(0)) idle();
    else if (this.#mayOpen()) void this.#connection();
  }

  /** It rests from now on: idle connections leave. Or it takes mail again: all may be used. */
  #restChanged(): void {
    for (const idle of this.#idle.splice(0)) idle();
    const { pool } = this.relay.settings;
    for (let n = 0; n < pool && this.#isWanted && this.#mayOpen(); n++) void this.#connection();
  }

  #mayOpen(): boolean {
    const most = Math.min(this.relay.settings.pool, this.#seats.share, this.#allowed.most);
    return this.#connections < (this.standing.asksWithOne ? 1 : Math.max(1, most));
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

  /**
   * Connections one after the other, opened when there is work, closed when there is none for a while. A message that
   * a connection was left with is the first on the next.
   */
  async #connection(): Promise<void> {
    this.#connections += 1;
    let again: Parcel | null = null;
    try {
      while (!this.#closing.signal.aborted && (again || (await this.#hasWork()))) {
        const opened = await this.#openConnection();
        if (opened) {
          again = await this.#serve(opened, again).finally(opened.close);
          continue;
        }
        if (again) this.#putBack(again);
        again = null;
        if (this.#connections > this.#allowed.most) break;
      }
    } finally {
      this.#connections -= 1;
      if (again) this.#putBack(again);
    }
    // A parcel that came between the last look and the end found every connection counted and none idle.
    this.#offer();
  }

  async #hasWork(): Promise<boolean> {
    await this.#exchanger.whenStored();
    return this.#isWanted;
  }

  /** While the relay rests nothing is: what waits for it is given back to the ledger. */
  get #isWanted(): boolean {
    return this.#waiting.ready && this.standing.rest === null;
  }

  /**
   * Null when the relay is down, or has no seat for us: waits for it; parcels stay where they are, or are dropped
   * when stopped.
   */
  async #openConnection(): Promise<Opened | null> {
    const waitMs = Math.max(this.standing.waitMs, this.#restUntil - this.#clock.monotonic());
    const seat = waitMs > 0 ? null : await this.#claimSeat();
    if (!seat) {
      // A rest may last an hour, or be ended by a person: nothing is kept waiting for it here.
      const longest = this.standing.rest ? REST_LOOK_MS : waitMs;
      await this.#clock.sleep(waitMs > 0 ? Math.min(waitMs, longest) : SEAT_WAIT_MS, this.#closing.signal);
      this.dropStopped();
      return null;
    }
    try {
      this.standing.opening();
      const wire = await this.relay.open();
      this.standing.opened();
      this.#open += 1;
      this.#allowed.opened(this.#open);
      return { wire, seat, close: () => this.#shut(wire, seat) };
    } catch (error) {
      seat.leave();
      this.#notLetIn(error as Error);
      return null;
    }
  }

  /** While others work it is one connection too many; else the relay is down. */
  #notLetIn(error: Error, working = this.#open): void {
    if (working === 0 || error instanceof RelayRefusesLogin) this.#noteDown(error);
    else if (this.#allowed.refused(working))
      this.#log.warn(
        { error: error.message, connections: working },
        'the relay lets no further connection in; going on with those that work',
      );
  }

  /** A database that does not answer gives no seat. */
  #claimSeat(): Promise<Seat | null> {
    return this.#seats.claim().catch((error: Error) => {
      this.#log.warn({ error: error.message }, 'no connection can be asked for; waiting');
      return null;
    });
  }

  async #shut(wire: Wire, seat: Seat): Promise<void> {
    await wire.close();
    this.#open -= 1;
    this.standing.closed();
    seat.leave();
  }

  #noteDown(error: Error): void {
    if (this.#lessons.restsInstead(error)) return void this.#restChanged();
    if (this.standing.failed(error))
      this.#log.warn({ error: error.message }, 'the relay is down; waiting for it');
    if (this.standing.refusesLogin) this.#waiting.stopIssues('relay-refuses-login', error.message);
    this.dropStopped();
  }

  /** `first`: taken already. Returns a message that is to be handed over on another connection. */
  async #serve({ wire, seat }: Opened, first: Parcel | null): Promise<Parcel | null> {
    let carried = 0;
    let taken = 0;
    let given = first;
    const memory = new MessageMemory();
    for (;;) {
      const parcel = given ?? this.#waiting.take() ?? (await this.#next());
      given = null;
      if (!parcel) return null;
      const hold = this.#lessons.domainHold(parcel);
      if (hold) {
        this.#waiting.ended(parcel);
        await this.#settleUnmarked(parcel, putOff('held', hold.reason, hold.ms));
        continue;
      }
      const token = this.#pace.take(this.relay.settings.name, this.#closing.signal);
      const paced = token === true || (await token);
      if (!paced || parcel.stopped() || !this.#goesOn(wire)) {
        this.#putBack(parcel);
        if (!this.#goesOn(wire)) return null;
        continue;
      }
      const end = await this.#carry(wire, parcel, memory);
      if (end === 'again') return parcel;
      carried += 1;
      if (end === 'taken') taken += 1;
      if (!this.#goesOn(wire) || this.#messages.isUsedUp(carried, taken) || seat.surplus()) return null;
      // Those that were not let in a while ago.
      if (this.#allowed.limited && this.#mayOpen()) this.#offer();
      if (this.#exchanger.away) await this.#exchanger.whenStored();
    }
  }

  #goesOn(wire: Wire): boolean {
    return wire.usable && this.standing.waitMs === 0;
  }

  #putBack(parcel: Parcel): void {
    if (parcel.stopped() || this.#closing.signal.aborted) {
      this.#waiting.ended(parcel);
      parcel.done();
    } else this.#waiting.putBack(parcel);
  }

  /** The next parcel; waits for one as long as an idle connection may stay open, then null. */
  async #next(): Promise<Parcel | null> {
    const until = this.#clock.monotonic() + this.#times.idleMs;
    for (;;) {
      const parcel = this.#waiting.take();
      const left = until - this.#clock.monotonic();
      if (parcel || left <= 0 || this.#closing.signal.aborted || this.standing.rest) return parcel;
      const given = new AbortController();
      const wake = () => given.abort();
      this.#idle.push(wake);
      await this.#clock.sleep(left, given.signal);
      this.#idle = this.#idle.filter((idle) => idle !== wake);
    }
  }

  async #carry(wire: Wire, parcel: Parcel, memory: MessageMemory): Promise<Carried> {
    let end: Carried = 'ended';
    try {
      const composed = this.#compose(parcel, memory);
      if (composed === null) return end;
      if ('state' in composed) await this.#settleUnmarked(parcel, composed);
      else end = await this.#handOver(wire, parcel, composed);
      return end;
    } finally {
      if (end !== 'again') this.#waiting.ended(parcel);
    }
  }

  /** What to hand over, or how it ends without. Null: its issue was stopped. */
  #compose(parcel: Parcel, memory: MessageMemory): Composed | Outcome | null {
    const composed = compose(parcel, memory);
    if (composed instanceof Refused) return unsendable(composed.message);
    if (!(composed instanceof Error)) return composed;
    if (parcel.first) return later('cannot-compose', composed.message, this.#retryMs(parcel));
    parcel.stop('cannot-compose', composed.message);
    parcel.done();
    return null;
  }

  async #handOver(wire: Wire, parcel: Parcel, { envelope, bytes }: Composed): Promise<Carried> {
    let answer: MarkAnswer | null = null;
    let askedAt = 0;
    const { issueId, id, fence } = parcel.delivery;
    const began = this.#clock.monotonic();
    const late = this.#marksLate;
    const mark = () =>
      new Promise<boolean>((resolve) => {
        askedAt = this.#clock.monotonic();
        this.#exchanger.mark(issueId, parcel.workerId, { id, fence }, (given) => {
          answer = given;
          resolve(given === 'granted');
        });
      });
    const stillFresh = () => {
      const fresh = this.#clock.monotonic() - askedAt <= this.#times.markFreshMs;
      if (!fresh && !late) this.#markLate();
      return fresh;
    };
    const end = await wire.handOver(envelope, bytes, mark, stillFresh, late);
    // It is fast again: what was asked with the first command would be fresh.
    if (late && askedAt > 0 && askedAt - began < this.#times.markFreshMs / 2) this.#marksLate = false;
    const left = leavesConnection(end);
    if (left) {
      this.#noteLeft(left);
      return this.#untried(parcel, left.why, answer);
    }
    this.#unused = 0;
    this.#settle(parcel, end, answer);
    return end.kind === 'accepted' ? 'taken' : 'ended';
  }

  #noteLeft({ why, usedUpAfter, unused }: LeftConnection): void {
    this.#unused = unused ? this.#unused + 1 : 0;
    if (unused) this.#notUsed(why);
    if (usedUpAfter !== null && this.#messages.learn(usedUpAfter))
      this.#log.info({ messages: usedUpAfter }, 'the relay takes so many messages over one connection');
  }

  /** As good as not let in, only that it was told later. */
  #notUsed(why: string): void {
    const others = this.#open - 1;
    const waitMs = Math.min(UNUSED_WAIT_MS * 2 ** this.#unused, MAX_UNUSED_WAIT_MS);
    if (others === 0) this.#restUntil = this.#clock.monotonic() + waitMs;
    this.#notLetIn(new RelayDown(`relay ${this.relay.settings.name} ends connections: ${why}`), others);
  }

  /** The connection was to blame: the same message goes over another, and its row looks as if it had not been tried. */
  async #untried(parcel: Parcel, why: string, answer: MarkAnswer | null): Promise<Carried> {
    if (answer === null) return 'again';
    if (answer === 'refused') {
      parcel.refusedMark();
      parcel.done();
      return 'ended';
    }
    const { issueId, id, fence } = parcel.delivery;
    const settle = settleOf(notTried(why), { id, fence: fence + 1 }, this.relay.settings.name);
    await new Promise<void>((stored) => this.#exchanger.settle(issueId, parcel.workerId, settle, stored));
    // Whether the row was marked is not known: whoever leases it next reads how it stands.
    if (answer === 'lost') {
      parcel.done();
      return 'ended';
    }
    parcel.delivery = { ...parcel.delivery, fence: fence + 1 };
    return 'again';
  }

  /** Else nothing would ever go to a relay that needs longer for MAIL, RCPT and DATA than a mark lasts. */
  #markLate(): void {
    if (!this.#marksLate)
      this.#log.warn(
        { freshMs: this.#times.markFreshMs },
        'the relay is slower than a mark lasts; asking for marks when it waits for the message',
      );
    this.#marksLate = true;
  }

  /** Asks for the settle without waiting for it: the connection goes on, its next mark comes after it. */
  #settle(parcel: Parcel, end: HandOver, answer: MarkAnswer | null): void {
    const asked = this.standing.asksWithOne;
    const learned = this.#lessons.learn(parcel, end);
    if (end.kind === 'answered') this.#waiting.dropHeld();
    if (this.standing.asksWithOne !== asked) this.#restChanged();
    const outcome = outcomeOf(end, { service: parcel.first, ...learned });
    if (!parcel.first && learned.verdict?.kind === 'sender-refused') stopFor(parcel, end, outcome);
    if (answer === null) return void this.#settleUnmarked(parcel, outcome);
    if (answer === 'refused') {
      parcel.refusedMark();
      parcel.done();
      return;
    }
    const { issueId, id, fence } = parcel.delivery;
    const settle = settleOf(outcome, { id, fence: fence + 1 }, this.relay.settings.name);
    this.#exchanger.settle(issueId, parcel.workerId, settle, parcel.done);
  }

  #retryMs(parcel: Parcel): number {
    return retryDelay(this.#times.retryMs, parcel.delivery.attempts + 1);
  }

  async #settleUnmarked(parcel: Parcel, outcome: Outcome): Promise<void> {
    if (outcome.state !== 'planned') {
      const settle = settleOf(outcome, parcel.delivery, this.relay.settings.name);
      await settleUnmarked(this.#db, parcel.delivery.issueId, settle).catch((error: Error) =>
        this.#log.warn({ error: error.message }, 'a refusal could not be stored; it will be tried again'),
      );
    }
    parcel.done();
  }
}

function stopFor(parcel: Parcel, end: HandOver, { reply }: Outcome): void {
  if (end.kind === 'answered' && isAboutOurName(end.reply))
    parcel.stop('relay-refuses-name', `${reply} (set the name that we give, helo= in SMTP_URL)`);
  else parcel.stop('relay-refuses-sender', reply ?? '');
}

type Composed = ReturnType<Parcel['compose']>;

/** What became of a message; `again`: it is to go over another connection. */
type Carried = 'taken' | 'ended' | 'again';

interface Opened {
  wire: Wire;
  seat: Seat;
  /** Says QUIT, and gives the seat back. */
  close(): Promise<void>;
}

/** A fault that is no refusal would hit every message alike: it is our fault, or the edition's. */
function compose(parcel: Parcel, memory: MessageMemory): Composed | Error {
  try {
    return parcel.compose(memory);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
