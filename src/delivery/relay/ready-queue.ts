/**
 * Messages that wait for one of a dispatcher's connections, in the order in which they may go: service mails first,
 * then the issues in turn, and within an issue its lanes in turn. So a small newsletter is not stuck behind a large
 * one, and no lane behind a slow one: a lane at its limit is passed over, and messages for a held lane are given back.
 *
 * Synchronous and cheap: this is the hot path, between two messages of a connection. Lists are allocated for a run of
 * messages, never for a single one.
 */
import type { RelayFault } from '../../issue/reason.ts';
import type { LaneThrottle } from '../throttle/lane-throttle.ts';
import type { QueuedMessage } from './queued-message.ts';

/** What one issue has waiting in one lane. */
interface LaneQueue {
  lane: string;
  throttle: LaneThrottle;
  messages: QueuedMessage[];
}

interface IssueQueue {
  issueId: number;
  lanes: LaneQueue[];
  /** Index of the lane whose turn it is. */
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

  /** A message that was taken but not begun goes first in its lane again. */
  returnToFront(message: QueuedMessage): void {
    this.release(message);
    this.#insert(message, true);
  }

  /** A taken message has ended, so its lane has room again. Call it once for each taken message. */
  release(message: QueuedMessage): void {
    if (!message.batch.isService) this.#throttleOf(message.delivery.lane).inUse -= 1;
  }

  /** The next message to send; null when none may go now. Gives back stopped messages on the way. */
  take(): QueuedMessage | null {
    for (let message = this.#service.shift(); message; message = this.#service.shift()) {
      if (!message.batch.stop.aborted) return message;
      message.batch.onDone(message);
    }
    return this.#takeOfIssues();
  }

  /** True when a message may go now. */
  get hasReady(): boolean {
    if (this.#service.length > 0) return true;
    return this.#issues.some(({ lanes }) => lanes.some((queue) => this.#mayGo(queue)));
  }

  /** Gives back messages whose batch was stopped while they waited, and those whose lane is held. */
  dropStopped(): void {
    const now = this.#now();
    const gone: QueuedMessage[] = [];
    const keep = (message: QueuedMessage) => {
      const stopped = message.batch.stop.aborted;
      if (stopped) gone.push(message);
      return !stopped;
    };
    this.#service = this.#service.filter(keep);
    for (const issue of this.#issues)
      for (const queue of issue.lanes) {
        const before = queue.messages.length;
        if (queue.throttle.held(now)) gone.push(...queue.messages.splice(0));
        else queue.messages = queue.messages.filter(keep);
        queue.throttle.waiting -= before - queue.messages.length;
      }
    this.#removeEmpty();
    for (const message of gone) message.batch.onDone(message);
  }

  /** Gives back messages that wait for a held lane: any worker may take them when the hold ends. */
  dropHeld(): void {
    const now = this.#now();
    if (this.#issues.some(({ lanes }) => lanes.some(({ throttle }) => throttle.held(now))))
      this.dropStopped();
  }

  /** Stops every issue that waits here. Service mails belong to no issue: they wait for the relay. */
  stopIssues(reason: RelayFault, why: string): void {
    const messages = this.#issues.flatMap(({ lanes }) => lanes.flatMap((queue) => queue.messages));
    for (const batch of new Set(messages.map((message) => message.batch))) batch.stopIssue(reason, why);
    this.dropStopped();
  }

  #insert(message: QueuedMessage, front: boolean): void {
    const list = message.batch.isService ? this.#service : this.#laneQueueOf(message).messages;
    if (front) list.unshift(message);
    else list.push(message);
    if (!message.batch.isService) this.#throttleOf(message.delivery.lane).waiting += 1;
  }

  #laneQueueOf({ delivery: { issueId, lane } }: QueuedMessage): LaneQueue {
    let issue = this.#issues.find((one) => one.issueId === issueId);
    if (!issue) {
      issue = { issueId, lanes: [], at: 0 };
      this.#issues.push(issue);
    }
    let queue = issue.lanes.find((one) => one.lane === lane);
    if (!queue) {
      queue = { lane, throttle: this.#throttleOf(lane), messages: [] };
      issue.lanes.push(queue);
    }
    return queue;
  }

  #takeOfIssues(): QueuedMessage | null {
    for (let tried = this.#issues.length; tried > 0; tried--) {
      if (this.#at >= this.#issues.length) this.#at = 0;
      const message = this.#takeOf(this.#issues[this.#at]!);
      if (message) {
        this.#at += 1;
        return message;
      }
      if (this.#issues[this.#at]!.lanes.length === 0) this.#issues.splice(this.#at, 1);
      else this.#at += 1;
    }
    return null;
  }

  #takeOf(issue: IssueQueue): QueuedMessage | null {
    for (let tried = issue.lanes.length; tried > 0; tried--) {
      if (issue.at >= issue.lanes.length) issue.at = 0;
      const queue = issue.lanes[issue.at]!;
      const message = this.#mayGo(queue) ? this.#shift(queue) : null;
      if (queue.messages.length === 0) issue.lanes.splice(issue.at, 1);
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
      if (message.batch.stop.aborted) {
        message.batch.onDone(message);
        continue;
      }
      throttle.take();
      message.laneVersion = throttle.version;
      return message;
    }
    return null;
  }

  #removeEmpty(): void {
    for (const issue of this.#issues) issue.lanes = issue.lanes.filter((queue) => queue.messages.length > 0);
    this.#issues = this.#issues.filter((issue) => issue.lanes.length > 0);
  }
}
