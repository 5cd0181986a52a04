/**
 * Messages that wait for one of a dispatcher's connections, in the order in which they may go: service mails first, then
 * one issue after the other, and within an issue one lane after the other. So a small newsletter is not stuck behind
 * a large one, and no lane behind a slow one: a lane that is at its limit is passed over, and what waits for one that
 * is held is let go of.
 *
 * Synchronous and cheap: it stands in the hot path, between two messages of a connection. What a queue is made for
 * is a run of messages, never a single one.
 */
import type { LeasedDelivery } from '../../ledger/lease.ts';
import type { Envelope } from '../../ports.ts';
import type { MessageMemory } from '../../render/message/message.ts';
import type { LaneThrottle } from '../throttle/lane-throttle.ts';

export interface QueuedMessage {
  delivery: LeasedDelivery;
  workerId: number;
  /** Service mails go before everything, and no lane holds them. */
  isService: boolean;
  /** Another relay may take it too, whose lane need not be slow. */
  hasOtherRelay: boolean;
  /**
   * Throws Refused when no proper message can be made of it: the delivery is refused with that reason. The bytes may
   * stand in `memory`.
   */
  compose(memory: MessageMemory): { envelope: Envelope; bytes: Buffer };
  /** True: leave it where it is (pause, drain, lost lease). */
  stopped(): boolean;
  /** The relay does not want the whole issue (login or sender refused). */
  stop(reason: string, why: string): void;
  /** A mark was refused: something about the issue or the person has changed. */
  onMarkRefused(): void;
  /** It is settled and stored, or was left. Called once. */
  onDone(): void;
  /** Set when it is taken: what was known of its lane when it began. */
  laneVersion?: number;
}

/** What one issue has waiting in one lane. */
interface LaneQueue {
  lane: string;
  throttle: LaneThrottle;
  messages: QueuedMessage[];
}

interface IssueQueue {
  issueId: number;
  lines: LaneQueue[];
  /** Whose turn it is. */
  at: number;
}

export class ReadyQueue {
  #throttleOf: (lane: string) => LaneThrottle;
  #now: () => number;
  #service: QueuedMessage[] = [];
  #issues: IssueQueue[] = [];
  #at = 0;

  constructor(throttleOf: (lane: string) => LaneThrottle, now: () => number) {
    this.#throttleOf = throttleOf;
    this.#now = now;
  }

  add(message: QueuedMessage): void {
    this.#insert(message, false);
  }

  /** One that was taken and not begun: it is the next of its lane again. */
  returnToFront(message: QueuedMessage): void {
    this.ended(message);
    this.#insert(message, true);
  }

  /** A message that was taken is off the connection, so its lane has room again. Once for each taken one. */
  ended(message: QueuedMessage): void {
    if (!message.isService) this.#throttleOf(message.delivery.lane).inUse -= 1;
  }

  /** The next one to carry; null when none may go now. Stopped ones on the way are let go of. */
  take(): QueuedMessage | null {
    while (this.#service[0]?.stopped()) this.#service.shift()!.onDone();
    return this.#service.shift() ?? this.#takeOfIssues();
  }

  /** True when one may go now. */
  get ready(): boolean {
    if (this.#service.length > 0) return true;
    return this.#issues.some(({ lines }) => lines.some((line) => this.#mayGo(line)));
  }

  /** Lets go of messages that were stopped while they waited, and of those whose lane is held. */
  dropStopped(): void {
    const now = this.#now();
    const gone: QueuedMessage[] = [];
    const keep = (message: QueuedMessage) => {
      const stopped = message.stopped();
      if (stopped) gone.push(message);
      return !stopped;
    };
    this.#service = this.#service.filter(keep);
    for (const issue of this.#issues)
      for (const line of issue.lines) {
        const before = line.messages.length;
        if (line.throttle.held(now)) gone.push(...line.messages.splice(0));
        else line.messages = line.messages.filter(keep);
        line.throttle.waiting -= before - line.messages.length;
      }
    this.#forgetEmpty();
    for (const message of gone) message.onDone();
  }

  /** Lets go of what waits for a lane that is held: others may have it when the hold ends. */
  dropHeld(): void {
    const now = this.#now();
    if (this.#issues.some(({ lines }) => lines.some(({ throttle }) => throttle.held(now))))
      this.dropStopped();
  }

  /** Stops every issue that waits here. Service mails have none: they wait for the relay. */
  stopIssues(reason: string, why: string): void {
    for (const { lines } of this.#issues)
      for (const { messages } of lines) for (const message of messages) message.stop(reason, why);
    this.dropStopped();
  }

  #insert(message: QueuedMessage, front: boolean): void {
    const list = message.isService ? this.#service : this.#lineOf(message).messages;
    if (front) list.unshift(message);
    else list.push(message);
    if (!message.isService) this.#throttleOf(message.delivery.lane).waiting += 1;
  }

  #lineOf({ delivery: { issueId, lane } }: QueuedMessage): LaneQueue {
    let issue = this.#issues.find((one) => one.issueId === issueId);
    if (!issue) {
      issue = { issueId, lines: [], at: 0 };
      this.#issues.push(issue);
    }
    let line = issue.lines.find((one) => one.lane === lane);
    if (!line) {
      line = { lane, throttle: this.#throttleOf(lane), messages: [] };
      issue.lines.push(line);
    }
    return line;
  }

  #takeOfIssues(): QueuedMessage | null {
    for (let tried = this.#issues.length; tried > 0; tried--) {
      if (this.#at >= this.#issues.length) this.#at = 0;
      const message = this.#takeOf(this.#issues[this.#at]!);
      if (message) {
        this.#at += 1;
        return message;
      }
      if (this.#issues[this.#at]!.lines.length === 0) this.#issues.splice(this.#at, 1);
      else this.#at += 1;
    }
    return null;
  }

  #takeOf(issue: IssueQueue): QueuedMessage | null {
    for (let tried = issue.lines.length; tried > 0; tried--) {
      if (issue.at >= issue.lines.length) issue.at = 0;
      const line = issue.lines[issue.at]!;
      const message = this.#mayGo(line) ? this.#shift(line) : null;
      if (line.messages.length === 0) issue.lines.splice(issue.at, 1);
      else issue.at += 1;
      if (message) return message;
    }
    return null;
  }

  #mayGo({ throttle, messages }: LaneQueue): boolean {
    return messages.length > 0 && (throttle.open || throttle.hasRoom(this.#now()));
  }

  #shift({ throttle, messages }: LaneQueue): QueuedMessage | null {
    for (let message = messages.shift(); message; message = messages.shift()) {
      throttle.waiting -= 1;
      if (message.stopped()) {
        message.onDone();
        continue;
      }
      throttle.take();
      message.laneVersion = throttle.version;
      return message;
    }
    return null;
  }

  #forgetEmpty(): void {
    for (const issue of this.#issues) issue.lines = issue.lines.filter((line) => line.messages.length > 0);
    this.#issues = this.#issues.filter((issue) => issue.lines.length > 0);
  }
}
