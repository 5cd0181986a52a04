/** Stores how hand-overs through one relay ended, and notifies the batch when that is stored. */
import type { Db } from '../../db/connection.ts';
import type { Settle } from '../../ledger/mark-and-settle.ts';
import { settleUnmarked } from '../../ledger/settle-unmarked.ts';
import type { Log } from '../../ports.ts';
import type { LedgerWriter, MarkAnswer } from './ledger-writer.ts';
import { notTried, type Outcome, settleOf } from './outcome.ts';
import type { QueuedMessage } from './queued-message.ts';

export class Settler {
  #relay: string;
  #db: Db;
  #ledger: LedgerWriter;
  #log: Log;

  constructor(relay: string, parts: { db: Db; ledger: LedgerWriter; log: Log }) {
    this.#relay = relay;
    this.#db = parts.db;
    this.#ledger = parts.ledger;
    this.#log = parts.log;
  }

  /** `mark`: the ledger's answer for this message. Not awaited: the connection's next mark is stored after it. */
  settle(message: QueuedMessage, outcome: Outcome, mark: MarkAnswer | null): void {
    if (mark === null) void this.settleUnmarked(message, outcome);
    else if (mark === 'refused') this.#giveUp(message);
    else
      this.#ledger.settle(
        message.delivery.issueId,
        message.batch.workerId,
        this.#settleOf(outcome, message),
        () => message.batch.onDone(message),
      );
  }

  /** The relay refused it before a mark was requested, or it was not handed over at all. */
  async settleUnmarked(message: QueuedMessage, outcome: Outcome): Promise<void> {
    if (outcome.state !== 'planned') {
      const settle = settleOf(outcome, message.delivery, this.#relay);
      await settleUnmarked(this.#db, message.delivery.issueId, settle).catch((error: Error) =>
        this.#log.warn({ error: error.message }, 'a refusal could not be stored; it will be tried again'),
      );
    }
    message.batch.onDone(message);
  }

  /**
   * The connection was at fault, not the message: its row is put back as if it had not been tried. True when the same
   * message may go over another connection.
   */
  async settleUntried(message: QueuedMessage, why: string, mark: MarkAnswer | null): Promise<boolean> {
    if (mark === null) return true;
    if (mark === 'refused') {
      this.#giveUp(message);
      return false;
    }
    const { delivery, batch } = message;
    const settle = this.#settleOf(notTried(why), message);
    await new Promise<void>((stored) =>
      this.#ledger.settle(delivery.issueId, batch.workerId, settle, stored),
    );
    if (mark === 'granted') {
      message.delivery = { ...delivery, fence: delivery.fence + 1 };
      return true;
    }
    // Whether the row was marked is not known: whoever leases it next reads its current state.
    batch.onDone(message);
    return false;
  }

  #giveUp(message: QueuedMessage): void {
    message.batch.onMarkRefused(message);
    message.batch.onDone(message);
  }

  /** For a marked row: the mark has raised its fence by one. */
  #settleOf(outcome: Outcome, { delivery: { id, fence } }: QueuedMessage): Settle {
    return settleOf(outcome, { id, fence: fence + 1 }, this.#relay);
  }
}
