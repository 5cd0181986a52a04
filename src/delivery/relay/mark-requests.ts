/**
 * Requests marks, one message at a time: the permission to write its final dot. A mark is requested with the first
 * command, so that its answer costs no time. But a relay that takes longer for MAIL, RCPT and DATA than a mark stays
 * fresh would never get a message that way: its marks are requested late, when it waits for the message, until it is
 * fast again.
 */
import type { LeasedDelivery } from '../../ledger/lease.ts';
import type { Clock, Log } from '../../ports.ts';
import type { LedgerWriter, MarkAnswer } from './ledger-writer.ts';

export class MarkRequests {
  #ledger: LedgerWriter;
  #clock: Clock;
  #log: Log;
  #freshMs: number;
  #late = false;

  constructor(parts: { ledger: LedgerWriter; clock: Clock; log: Log; freshMs: number }) {
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#freshMs = parts.freshMs;
  }

  begin(delivery: LeasedDelivery, workerId: number): MarkRequest {
    return new MarkRequest(this, delivery, workerId, this.#late);
  }

  now(): number {
    return this.#clock.monotonic();
  }

  get freshMs(): number {
    return this.#freshMs;
  }

  ask(
    { issueId, id, fence }: LeasedDelivery,
    workerId: number,
    answered: (answer: MarkAnswer) => void,
  ): void {
    this.#ledger.mark(issueId, workerId, { id, fence }, answered);
  }

  askLate(): void {
    if (!this.#late)
      this.#log.warn(
        { freshMs: this.#freshMs },
        'the relay is slower than a mark stays fresh; requesting marks only when it waits for the message',
      );
    this.#late = true;
  }

  askEarly(): void {
    this.#late = false;
  }
}

export class MarkRequest {
  /** Request the mark only when the relay waits for the message. */
  readonly late: boolean;
  /** What the ledger answered; null: no mark was requested, or there is no answer yet. */
  answer: MarkAnswer | null = null;
  #marks: MarkRequests;
  #delivery: LeasedDelivery;
  #workerId: number;
  #beganAt: number;
  #askedAt = 0;

  constructor(marks: MarkRequests, delivery: LeasedDelivery, workerId: number, late: boolean) {
    this.late = late;
    this.#marks = marks;
    this.#delivery = delivery;
    this.#workerId = workerId;
    this.#beganAt = marks.now();
  }

  /** Resolves to true when the final dot may be written. */
  ask(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#askedAt = this.#marks.now();
      this.#marks.ask(this.#delivery, this.#workerId, (answer) => {
        this.answer = answer;
        resolve(answer === 'granted');
      });
    });
  }

  /** Checked at the last moment before the dot is written. */
  isFresh(): boolean {
    const fresh = this.#marks.now() - this.#askedAt <= this.#marks.freshMs;
    if (!fresh && !this.late) this.#marks.askLate();
    return fresh;
  }

  /** The hand-over has ended: records whether it was fast enough for a mark requested with the first command. */
  end(): void {
    const waitedMs = this.#askedAt - this.#beganAt;
    if (this.late && this.#askedAt > 0 && waitedMs < this.#marks.freshMs / 2) this.#marks.askEarly();
  }
}
