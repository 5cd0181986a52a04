/**
 * The dispatcher of one relay in one process: takes messages from its ready queue over at most `pool` connections, one
 * message at a time on each. `send` knows how to send one message; the dispatcher decides when it may go, and over
 * which connection.
 */
import type { Db } from '../../db/connection.ts';
import type { Clock, Log, Pace, Relay, RelayTerms } from '../../ports.ts';
import type { LaneThrottles } from '../throttle/lane-throttles.ts';
import { BASE_BACKOFF_MS, BackoffPolicy } from './backoff.ts';
import { ConnectionLimit } from './connection-limit.ts';
import { ConnectionOpener, type OpenedConnection } from './connection-opener.ts';
import { RelayHealth } from './health.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import { MarkRequests } from './mark-requests.ts';
import { MessageLoop, type RelayParts, type SendMessage } from './message-loop.ts';
import { MessagesPerConnection } from './messages-per-connection.ts';
import type { QueuedMessage } from './queued-message.ts';
import { ReadyQueue } from './ready-queue.ts';
import { ReplyFeedback } from './reply-feedback.ts';
import { Settler } from './settler.ts';

export interface DispatcherTimes {
  retryMs: readonly number[];
  markFreshMs: number;
  /** An idle connection is closed after this. */
  idleMs: number;
  /** The first backoff from a relay that wants us to slow down; longer ones are in proportion. Left out: a minute. */
  backoffMs?: number;
}

export class Dispatcher {
  readonly relay: Relay;
  readonly health: RelayHealth;
  #parts: RelayParts;
  #ledger: LedgerWriter;
  #log: Log;
  #lanes: LaneThrottles;
  #queue: ReadyQueue;
  #limit: ConnectionLimit;
  #perConnection: MessagesPerConnection;
  #opener: ConnectionOpener;
  #loop: MessageLoop;
  /** Connections that are open or being opened. */
  #connections = 0;
  #closing = new AbortController();
  #checkingHealth = false;

  constructor(
    relay: Relay,
    parts: {
      send: SendMessage;
      db: Db;
      ledger: LedgerWriter;
      pace: Pace;
      lanes: LaneThrottles;
      clock: Clock;
      log: Log;
      times: DispatcherTimes;
      /** The lease under which connections are held. */
      workerId(): number;
    },
  ) {
    const { name } = relay.settings;
    const { db, ledger, clock, lanes, times } = parts;
    const log = parts.log.child({ relay: name });
    this.relay = relay;
    this.#ledger = ledger;
    this.#log = log;
    this.#lanes = lanes;
    const health = new RelayHealth(clock);
    this.health = health;
    this.#limit = new ConnectionLimit(name, { ...parts, log });
    this.#perConnection = new MessagesPerConnection(clock, relay.settings.messages);
    this.#opener = new ConnectionOpener(relay, {
      clock,
      log,
      health,
      limit: this.#limit,
      onDown: (error) => this.#relayDown(error),
    });
    this.#queue = new ReadyQueue(
      (lane) => lanes.throttleOf(name, lane),
      () => clock.monotonic(),
    );
    const baseMs = times.backoffMs ?? BASE_BACKOFF_MS;
    const backoff = new BackoffPolicy(name, { db, log, health, baseMs });
    this.#parts = {
      marks: new MarkRequests({ ledger, clock, log, freshMs: times.markFreshMs }),
      feedback: new ReplyFeedback(name, { db, lanes, backoff, times, clock, log }),
      settler: new Settler(name, { db, ledger, log }),
    };
    this.#loop = new MessageLoop(relay.settings.name, {
      send: parts.send,
      parts: this.#parts,
      queue: this.#queue,
      opener: this.#opener,
      perConnection: this.#perConnection,
      health,
      ledger,
      pace: parts.pace,
      clock,
      log,
      idleMs: relay.settings.idleMs ?? times.idleMs,
      closing: this.#closing.signal,
      onSent: () => this.#retryLimitedConnections(),
    });
    lanes.onChange(() => this.#lanesChanged());
    health.onBackoffChange = () => this.#useAllConnections();
  }

  /** Sets the terms from now on; `workers` share the relay's connections. */
  setTerms({ messages, connections }: RelayTerms, workers: number): void {
    this.#perConnection.set(messages);
    this.#limit.set(connections, workers);
  }

  /** Resolves to true when a message would find a connection, or one could be opened for it. */
  mayConnect(): Promise<boolean> {
    return this.#limit.any();
  }

  /** Tries a relay that was down, if it is time to. */
  async checkWhetherBack(): Promise<void> {
    if (this.#checkingHealth || this.health.waitMs > 0) return;
    this.#checkingHealth = true;
    const opened = await this.#open().finally(() => {
      this.#checkingHealth = false;
    });
    await opened?.close();
  }

  /** Queues the messages of one batch. What has not begun when the batch's signal aborts is given back at once. */
  submit(messages: readonly QueuedMessage[]): void {
    const [first] = messages;
    if (!first) return;
    for (const message of messages) {
      this.#queue.add(message);
      const throttle = message.batch.isService ? null : this.#parts.feedback.throttleOf(message);
      if (throttle && throttle.limits.rate !== null) void this.#lanes.watchRate(throttle);
      this.#offer();
    }
    const { stop } = first.batch;
    if (stop.aborted) this.dropStopped();
    else stop.addEventListener('abort', () => this.dropStopped(), { once: true });
  }

  /** Gives back messages that were stopped while they waited for a connection. */
  dropStopped(): void {
    this.#queue.dropStopped();
  }

  /** Idle connections send QUIT now, busy ones after their message. */
  close(): void {
    this.#closing.abort();
    this.#loop.wakeIdle();
  }

  /** Lets an idle connection, or a new one, take what waits. */
  #offer(): void {
    if (!this.#isWanted || this.#closing.signal.aborted) return;
    if (this.#loop.wakeOneIdle()) return;
    if (this.#mayOpen) void this.#runConnection();
  }

  /** A lane is held, or has room again. */
  #lanesChanged(): void {
    this.#queue.dropHeld();
    if (this.#closing.signal.aborted || !this.#isWanted) return;
    if (this.#loop.wakeIdle()) return;
    if (this.#mayOpen) void this.#runConnection();
  }

  /** A backoff began, so idle connections close; or the relay accepts mail again, so all may be used. */
  #useAllConnections(): void {
    this.#loop.wakeIdle();
    const { pool } = this.relay.settings;
    for (let n = 0; n < pool && this.#isWanted && this.#mayOpen; n++) void this.#runConnection();
  }

  /** Retries connections that were refused a while ago. */
  #retryLimitedConnections(): void {
    if (this.#opener.isLimited && this.#mayOpen) this.#offer();
  }

  get #mayOpen(): boolean {
    return this.#connections < this.#opener.maxConnections;
  }

  /** Not while we back off from the relay: messages that wait for it are given back to the ledger. */
  get #isWanted(): boolean {
    return this.#queue.hasReady && this.health.backoff === null;
  }

  /**
   * One connection after the other: opened when there is work, closed when there has been none for a while. A message
   * that a connection left untried goes first on the next one.
   */
  async #runConnection(): Promise<void> {
    this.#connections += 1;
    let again: QueuedMessage | null = null;
    try {
      while (!this.#closing.signal.aborted && (again || (await this.#hasWork()))) {
        const opened = await this.#open();
        if (opened) {
          again = await this.#loop.run(opened, again).finally(opened.close);
          continue;
        }
        if (again) this.#loop.putBack(again);
        again = null;
        if (this.#opener.isTooMany(this.#connections)) break;
      }
    } finally {
      this.#connections -= 1;
      if (again) this.#loop.putBack(again);
    }
    // A message submitted between the last check and here found no idle connection and none that could be opened.
    this.#offer();
  }

  async #hasWork(): Promise<boolean> {
    await this.#ledger.whenStored();
    return this.#isWanted;
  }

  /** Null when none can be opened now; messages stay where they are, or are given back when stopped. */
  async #open(): Promise<OpenedConnection | null> {
    const opened = await this.#opener.open(this.#closing.signal);
    if (!opened) this.dropStopped();
    return opened;
  }

  #relayDown(error: Error): void {
    if (this.#parts.feedback.backsOffInstead(error)) return;
    if (this.health.failed(error))
      this.#log.warn({ error: error.message }, 'the relay is down; waiting for it');
    if (this.health.refusesLogin) this.#queue.stopIssues('relay-refuses-login', error.message);
    this.dropStopped();
  }
}
