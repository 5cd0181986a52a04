/**
 * The dispatcher of one relay in one process: carries messages over at most `pool` connections, one message at a time on
 * each. The story of one message is `#carry`: wait for the pace, compose, hand over behind the mark, settle.
 */
import type { Db } from '../../db/connection.ts';
import { Refused, RelayDown, RelayRefusesLogin } from '../../errors.ts';
import { settleUnmarked } from '../../ledger/mark-and-settle.ts';
import type { Clock, HandOver, Log, Pace, Relay, RelayTerms, SmtpConnection } from '../../ports.ts';
import { MessageMemory } from '../../render/message/message.ts';
import { isAboutOurName } from '../replies/helo-replies.ts';
import type { LaneThrottles } from '../throttle/lane-throttles.ts';
import { retryDelay } from '../throttle/retry.ts';
import { AllowedConnections } from './allowed-connections.ts';
import { ConnectionLimit, type ConnectionSlot } from './connection-limit.ts';
import { RelayHealth } from './health.ts';
import type { LedgerWriter, MarkAnswer } from './ledger-writer.ts';
import { type LeftConnection, leavesConnection } from './left-connection.ts';
import { MessagesPerConnection } from './messages-per-connection.ts';
import { later, notTried, type Outcome, outcomeOf, putOff, settleOf, unsendable } from './outcome.ts';
import { type QueuedMessage, ReadyQueue } from './ready-queue.ts';
import { ReplyFeedback } from './reply-feedback.ts';
import { RelayRests, USUAL_REST_MS } from './rests.ts';

export type { QueuedMessage } from './ready-queue.ts';

export interface DispatcherTimes {
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

export class Dispatcher {
  readonly relay: Relay;
  #db: Db;
  #ledger: LedgerWriter;
  #pace: Pace;
  #clock: Clock;
  #log: Log;
  #times: DispatcherTimes;
  #lanes: LaneThrottles;
  #waiting: ReadyQueue;
  #feedback: ReplyFeedback;
  #idle: (() => void)[] = [];
  #connections = 0;
  #closing = new AbortController();
  readonly health: RelayHealth;
  #limit: ConnectionLimit;
  #perConnection: MessagesPerConnection;
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
      ledger: LedgerWriter;
      pace: Pace;
      lanes: LaneThrottles;
      clock: Clock;
      log: Log;
      times: DispatcherTimes;
      /** Under whose lease connections are held. */
      workerId(): number;
    },
  ) {
    this.relay = relay;
    this.#db = parts.db;
    this.#ledger = parts.ledger;
    this.#pace = parts.pace;
    this.#clock = parts.clock;
    this.#log = parts.log.child({ relay: relay.settings.name });
    this.#times = parts.times;
    this.#lanes = parts.lanes;
    this.health = new RelayHealth(parts.clock);
    this.#limit = new ConnectionLimit(relay.settings.name, parts);
    this.#perConnection = new MessagesPerConnection(parts.clock, relay.settings.messages);
    this.#allowed = new AllowedConnections(parts.clock);
    const { name } = relay.settings;
    this.#waiting = new ReadyQueue(
      (lane) => this.#lanes.throttleOf(name, lane),
      () => this.#clock.monotonic(),
    );
    this.#lanes.onChange(() => this.#lanesChanged());
    const { health } = this;
    const restMs = parts.times.restMs ?? USUAL_REST_MS;
    const rests = new RelayRests(name, { db: parts.db, log: this.#log, health, restMs });
    this.#feedback = new ReplyFeedback(name, { ...parts, rests, log: this.#log });
  }

  /** From now on; `workers` share the relay's connections. */
  setTerms({ messages, connections }: RelayTerms, workers: number): void {
    this.#perConnection.set(messages);
    this.#limit.set(connections, workers);
  }

  /** Resolves to true when a message would find a connection, or one could be opened for it. */
  mayConnect(): Promise<boolean> {
    return this.#limit.any();
  }

  /** Tries whether a relay that was down is back, when it is time to. */
  async checkWhetherBack(): Promise<void> {
    if (this.#probing || this.health.waitMs > 0) return;
    this.#probing = true;
    const opened = await this.#openConnection().finally(() => {
      this.#probing = false;
    });
    await opened?.close();
  }

  submit(message: QueuedMessage): void {
    this.#waiting.add(message);
    if (!message.isService) void this.#lanes.pump(this.#feedback.throttleOf(message));
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
    const most = Math.min(this.relay.settings.pool, this.#limit.share, this.#allowed.most);
    return this.#connections < (this.health.asksWithOne ? 1 : Math.max(1, most));
  }

  /** Lets go of messages that were stopped while they waited for a connection. */
  dropStopped(): void {
    this.#waiting.dropStopped();
  }

  /** Idle connections say QUIT; busy ones do when their message is carried. */
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
    let again: QueuedMessage | null = null;
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
    // A message that came between the last look and the end found every connection counted and none idle.
    this.#offer();
  }

  async #hasWork(): Promise<boolean> {
    await this.#ledger.whenStored();
    return this.#isWanted;
  }

  /** While the relay rests nothing is: what waits for it is given back to the ledger. */
  get #isWanted(): boolean {
    return this.#waiting.ready && this.health.rest === null;
  }

  /**
   * Null when the relay is down, or has no slot for us: waits for it; messages stay where they are, or are dropped
   * when stopped.
   */
  async #openConnection(): Promise<Opened | null> {
    const waitMs = Math.max(this.health.waitMs, this.#restUntil - this.#clock.monotonic());
    const slot = waitMs > 0 ? null : await this.#claimSlot();
    if (!slot) {
      // A rest may last an hour, or be ended by a person: nothing is kept waiting for it here.
      const longest = this.health.rest ? REST_LOOK_MS : waitMs;
      await this.#clock.sleep(waitMs > 0 ? Math.min(waitMs, longest) : SEAT_WAIT_MS, this.#closing.signal);
      this.dropStopped();
      return null;
    }
    try {
      this.health.opening();
      const connection = await this.relay.open();
      this.health.opened();
      this.#open += 1;
      this.#allowed.opened(this.#open);
      return { connection, slot, close: () => this.#shut(connection, slot) };
    } catch (error) {
      slot.leave();
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

  /** A database that does not answer gives no slot. */
  #claimSlot(): Promise<ConnectionSlot | null> {
    return this.#limit.claim().catch((error: Error) => {
      this.#log.warn({ error: error.message }, 'no connection can be asked for; waiting');
      return null;
    });
  }

  async #shut(connection: SmtpConnection, slot: ConnectionSlot): Promise<void> {
    await connection.close();
    this.#open -= 1;
    this.health.closed();
    slot.leave();
  }

  #noteDown(error: Error): void {
    if (this.#feedback.restsInstead(error)) return void this.#restChanged();
    if (this.health.failed(error))
      this.#log.warn({ error: error.message }, 'the relay is down; waiting for it');
    if (this.health.refusesLogin) this.#waiting.stopIssues('relay-refuses-login', error.message);
    this.dropStopped();
  }

  /** `first`: taken already. Returns a message that is to be handed over on another connection. */
  async #serve({ connection, slot }: Opened, first: QueuedMessage | null): Promise<QueuedMessage | null> {
    let carried = 0;
    let taken = 0;
    let given = first;
    const memory = new MessageMemory();
    for (;;) {
      const message = given ?? this.#waiting.take() ?? (await this.#next());
      given = null;
      if (!message) return null;
      const hold = this.#feedback.domainHold(message);
      if (hold) {
        this.#waiting.ended(message);
        await this.#settleUnmarked(message, putOff('held', hold.reason, hold.ms));
        continue;
      }
      const token = this.#pace.take(this.relay.settings.name, this.#closing.signal);
      const paced = token === true || (await token);
      if (!paced || message.stopped() || !this.#goesOn(connection)) {
        this.#putBack(message);
        if (!this.#goesOn(connection)) return null;
        continue;
      }
      const end = await this.#carry(connection, message, memory);
      if (end === 'again') return message;
      carried += 1;
      if (end === 'taken') taken += 1;
      if (!this.#goesOn(connection) || this.#perConnection.isUsedUp(carried, taken) || slot.surplus())
        return null;
      // Those that were not let in a while ago.
      if (this.#allowed.limited && this.#mayOpen()) this.#offer();
      if (this.#ledger.away) await this.#ledger.whenStored();
    }
  }

  #goesOn(connection: SmtpConnection): boolean {
    return connection.usable && this.health.waitMs === 0;
  }

  #putBack(message: QueuedMessage): void {
    if (message.stopped() || this.#closing.signal.aborted) {
      this.#waiting.ended(message);
      message.onDone();
    } else this.#waiting.returnToFront(message);
  }

  /** The next message; waits for one as long as an idle connection may stay open, then null. */
  async #next(): Promise<QueuedMessage | null> {
    const until = this.#clock.monotonic() + this.#times.idleMs;
    for (;;) {
      const message = this.#waiting.take();
      const left = until - this.#clock.monotonic();
      if (message || left <= 0 || this.#closing.signal.aborted || this.health.rest) return message;
      const given = new AbortController();
      const wake = () => given.abort();
      this.#idle.push(wake);
      await this.#clock.sleep(left, given.signal);
      this.#idle = this.#idle.filter((idle) => idle !== wake);
    }
  }

  async #carry(connection: SmtpConnection, message: QueuedMessage, memory: MessageMemory): Promise<Carried> {
    let end: Carried = 'ended';
    try {
      const composed = this.#compose(message, memory);
      if (composed === null) return end;
      if ('state' in composed) await this.#settleUnmarked(message, composed);
      else end = await this.#handOver(connection, message, composed);
      return end;
    } finally {
      if (end !== 'again') this.#waiting.ended(message);
    }
  }

  /** What to hand over, or how it ends without. Null: its issue was stopped. */
  #compose(message: QueuedMessage, memory: MessageMemory): Composed | Outcome | null {
    const composed = compose(message, memory);
    if (composed instanceof Refused) return unsendable(composed.message);
    if (!(composed instanceof Error)) return composed;
    if (message.isService) return later('cannot-compose', composed.message, this.#retryMs(message));
    message.stop('cannot-compose', composed.message);
    message.onDone();
    return null;
  }

  async #handOver(
    connection: SmtpConnection,
    message: QueuedMessage,
    { envelope, bytes }: Composed,
  ): Promise<Carried> {
    let answer: MarkAnswer | null = null;
    let askedAt = 0;
    const { issueId, id, fence } = message.delivery;
    const began = this.#clock.monotonic();
    const late = this.#marksLate;
    const mark = () =>
      new Promise<boolean>((resolve) => {
        askedAt = this.#clock.monotonic();
        this.#ledger.mark(issueId, message.workerId, { id, fence }, (given) => {
          answer = given;
          resolve(given === 'granted');
        });
      });
    const stillFresh = () => {
      const fresh = this.#clock.monotonic() - askedAt <= this.#times.markFreshMs;
      if (!fresh && !late) this.#markLate();
      return fresh;
    };
    const end = await connection.handOver(envelope, bytes, mark, stillFresh, late);
    // It is fast again: what was asked with the first command would be fresh.
    if (late && askedAt > 0 && askedAt - began < this.#times.markFreshMs / 2) this.#marksLate = false;
    const left = leavesConnection(end);
    if (left) {
      this.#noteLeft(left);
      return this.#untried(message, left.why, answer);
    }
    this.#unused = 0;
    this.#settle(message, end, answer);
    return end.kind === 'accepted' ? 'taken' : 'ended';
  }

  #noteLeft({ why, usedUpAfter, unused }: LeftConnection): void {
    this.#unused = unused ? this.#unused + 1 : 0;
    if (unused) this.#notUsed(why);
    if (usedUpAfter !== null && this.#perConnection.learn(usedUpAfter))
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
  async #untried(message: QueuedMessage, why: string, answer: MarkAnswer | null): Promise<Carried> {
    if (answer === null) return 'again';
    if (answer === 'refused') {
      message.onMarkRefused();
      message.onDone();
      return 'ended';
    }
    const { issueId, id, fence } = message.delivery;
    const settle = settleOf(notTried(why), { id, fence: fence + 1 }, this.relay.settings.name);
    await new Promise<void>((stored) => this.#ledger.settle(issueId, message.workerId, settle, stored));
    // Whether the row was marked is not known: whoever leases it next reads how it stands.
    if (answer === 'lost') {
      message.onDone();
      return 'ended';
    }
    message.delivery = { ...message.delivery, fence: fence + 1 };
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
  #settle(message: QueuedMessage, end: HandOver, answer: MarkAnswer | null): void {
    const asked = this.health.asksWithOne;
    const learned = this.#feedback.learn(message, end);
    if (end.kind === 'answered') this.#waiting.dropHeld();
    if (this.health.asksWithOne !== asked) this.#restChanged();
    const outcome = outcomeOf(end, { service: message.isService, ...learned });
    if (!message.isService && learned.verdict?.kind === 'sender-refused') stopFor(message, end, outcome);
    if (answer === null) return void this.#settleUnmarked(message, outcome);
    if (answer === 'refused') {
      message.onMarkRefused();
      message.onDone();
      return;
    }
    const { issueId, id, fence } = message.delivery;
    const settle = settleOf(outcome, { id, fence: fence + 1 }, this.relay.settings.name);
    this.#ledger.settle(issueId, message.workerId, settle, message.onDone);
  }

  #retryMs(message: QueuedMessage): number {
    return retryDelay(this.#times.retryMs, message.delivery.attempts + 1);
  }

  async #settleUnmarked(message: QueuedMessage, outcome: Outcome): Promise<void> {
    if (outcome.state !== 'planned') {
      const settle = settleOf(outcome, message.delivery, this.relay.settings.name);
      await settleUnmarked(this.#db, message.delivery.issueId, settle).catch((error: Error) =>
        this.#log.warn({ error: error.message }, 'a refusal could not be stored; it will be tried again'),
      );
    }
    message.onDone();
  }
}

function stopFor(message: QueuedMessage, end: HandOver, { reply }: Outcome): void {
  if (end.kind === 'answered' && isAboutOurName(end.reply))
    message.stop('relay-refuses-name', `${reply} (set the name that we give, helo= in SMTP_URL)`);
  else message.stop('relay-refuses-sender', reply ?? '');
}

type Composed = ReturnType<QueuedMessage['compose']>;

/** What became of a message; `again`: it is to go over another connection. */
type Carried = 'taken' | 'ended' | 'again';

interface Opened {
  connection: SmtpConnection;
  slot: ConnectionSlot;
  /** Says QUIT, and gives the slot back. */
  close(): Promise<void>;
}

/** A fault that is no refusal would hit every message alike: it is our fault, or the edition's. */
function compose(message: QueuedMessage, memory: MessageMemory): Composed | Error {
  try {
    return message.compose(memory);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
