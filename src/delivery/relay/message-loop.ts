/**
 * What happens on one open connection of a relay: message after message, each as soon as the queue, the lane and the
 * pace allow it, until the connection is used up or nothing waits any more.
 */
import type { Clock, Log, Pace, SmtpConnection } from '../../ports.ts';
import { MessageMemory } from '../../render/message/message.ts';
import type { ConnectionOpener, OpenedConnection } from './connection-opener.ts';
import type { RelayHealth } from './health.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { LeftConnection } from './left-connection.ts';
import type { MarkRequests } from './mark-requests.ts';
import type { MessagesPerConnection } from './messages-per-connection.ts';
import { postponed } from './outcome.ts';
import type { QueuedMessage } from './queued-message.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { ReplyFeedback } from './reply-feedback.ts';
import type { Settler } from './settler.ts';

/** What is needed to send a message through a relay, besides a connection. */
export interface RelayParts {
  marks: MarkRequests;
  feedback: ReplyFeedback;
  settler: Settler;
}

/**
 * How sending a message ended. `tried`: the relay answered about it, or it needed no relay. `connection-left`: the
 * connection ended before the message was tried; with `again` the message goes over another one, otherwise it is
 * settled.
 */
export type Sent =
  | { kind: 'accepted' }
  | { kind: 'tried' }
  | { kind: 'connection-left'; left: LeftConnection; again: boolean };

export type SendMessage = (
  parts: RelayParts,
  connection: SmtpConnection,
  message: QueuedMessage,
  memory: MessageMemory,
) => Promise<Sent>;

interface LoopParts {
  send: SendMessage;
  parts: RelayParts;
  queue: ReadyQueue;
  opener: ConnectionOpener;
  perConnection: MessagesPerConnection;
  health: RelayHealth;
  ledger: LedgerWriter;
  pace: Pace;
  clock: Clock;
  log: Log;
  idleMs: number;
  closing: AbortSignal;
  /** Called after each message on a connection that stays open. */
  onSent(): void;
}

export class MessageLoop {
  #relay: string;
  #send: SendMessage;
  #parts: RelayParts;
  #queue: ReadyQueue;
  #opener: ConnectionOpener;
  #perConnection: MessagesPerConnection;
  #health: RelayHealth;
  #ledger: LedgerWriter;
  #pace: Pace;
  #clock: Clock;
  #log: Log;
  #idleMs: number;
  #closing: AbortSignal;
  #onSent: () => void;
  /** Each callback wakes one idle connection. */
  #idle: (() => void)[] = [];

  constructor(relay: string, parts: LoopParts) {
    this.#relay = relay;
    this.#send = parts.send;
    this.#parts = parts.parts;
    this.#queue = parts.queue;
    this.#opener = parts.opener;
    this.#perConnection = parts.perConnection;
    this.#health = parts.health;
    this.#ledger = parts.ledger;
    this.#pace = parts.pace;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#idleMs = parts.idleMs;
    this.#closing = parts.closing;
    this.#onSent = () => parts.onSent();
  }

  /** False when no connection is idle. */
  wakeOneIdle(): boolean {
    const wake = this.#idle.shift();
    wake?.();
    return wake !== undefined;
  }

  /** False when no connection is idle. */
  wakeIdle(): boolean {
    const idle = this.#idle.splice(0);
    for (const wake of idle) wake();
    return idle.length > 0;
  }

  /** `first`: a message that was taken already. Returns a message that must be handed over on another connection. */
  async run({ smtp, slot }: OpenedConnection, first: QueuedMessage | null): Promise<QueuedMessage | null> {
    let handedOver = 0;
    let accepted = 0;
    let given = first;
    const memory = new MessageMemory();
    for (;;) {
      const message = given ?? this.#queue.take() ?? (await this.#waitForMessage());
      given = null;
      if (!message) return null;
      const hold = this.#parts.feedback.domainHold(message);
      if (hold) {
        await this.#postpone(message, hold);
        continue;
      }
      const token = this.#pace.take(this.#relay, this.#closing);
      const paced = token === true || (await token);
      if (!paced || message.batch.stop.aborted || !this.#staysUsable(smtp)) {
        this.putBack(message);
        if (!this.#staysUsable(smtp)) return null;
        continue;
      }
      const sent = await this.#sendOver(smtp, message, memory);
      if (sent.kind === 'connection-left' && sent.again) return message;
      handedOver += 1;
      if (sent.kind === 'accepted') accepted += 1;
      if (!this.#staysUsable(smtp) || this.#perConnection.isUsedUp(handedOver, accepted) || slot.isSurplus())
        return null;
      this.#onSent();
      if (this.#ledger.away) await this.#ledger.whenStored();
    }
  }

  #staysUsable(smtp: SmtpConnection): boolean {
    return smtp.usable && this.#health.waitMs === 0;
  }

  async #sendOver(smtp: SmtpConnection, message: QueuedMessage, memory: MessageMemory): Promise<Sent> {
    let sent: Sent | null = null;
    try {
      sent = await this.#send(this.#parts, smtp, message, memory);
    } finally {
      const again = sent?.kind === 'connection-left' && sent.again;
      if (!again) this.#queue.release(message);
    }
    if (sent.kind === 'connection-left') this.#noteLeft(sent.left);
    else this.#opener.used();
    if (sent.kind === 'tried') this.#queue.dropHeld();
    return sent;
  }

  #noteLeft({ why, usedUpAfter, unused }: LeftConnection): void {
    if (unused) this.#opener.endedUnused(why);
    else this.#opener.used();
    if (usedUpAfter !== null && this.#perConnection.learn(usedUpAfter))
      this.#log.info(
        { messages: usedUpAfter },
        'learned how many messages the relay accepts over one connection',
      );
  }

  /** Its domain is held: the provider would not accept the message now. */
  async #postpone(message: QueuedMessage, { reason, ms }: { reason: string; ms: number }): Promise<void> {
    this.#queue.release(message);
    await this.#parts.settler.settleUnmarked(message, postponed('held', reason, ms));
  }

  /** Returns a message that was taken but not begun. */
  putBack(message: QueuedMessage): void {
    if (message.batch.stop.aborted || this.#closing.aborted) {
      this.#queue.release(message);
      message.batch.onDone(message);
    } else this.#queue.returnToFront(message);
  }

  /** The next message; waits for one as long as an idle connection may stay open, then returns null. */
  async #waitForMessage(): Promise<QueuedMessage | null> {
    const until = this.#clock.monotonic() + this.#idleMs;
    for (;;) {
      const message = this.#queue.take();
      const left = until - this.#clock.monotonic();
      if (message || left <= 0 || this.#closing.aborted || this.#health.backoff) return message;
      const woken = new AbortController();
      const wake = () => woken.abort();
      this.#idle.push(wake);
      await this.#clock.sleep(left, woken.signal);
      this.#idle = this.#idle.filter((idle) => idle !== wake);
    }
  }
}
