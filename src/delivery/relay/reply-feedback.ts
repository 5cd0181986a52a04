/**
 * What the end of a hand-over changes for its lane and its relay, and when its delivery should be tried again: lanes
 * and domains are held or freed, backoffs begin or end, greylists are learned.
 */
import type { Db } from '../../db/connection.ts';
import { RelayDown } from '../../errors.ts';
import { retryWhenGreylistEnds } from '../../ledger/lanes/greylisted.ts';
import { laneOfAddress, OTHER_LANE } from '../../ledger/lanes/lanes.ts';
import type { Clock, HandOver, Log, Reply } from '../../ports.ts';
import { classifyOpening, type LaneHold, type Verdict } from '../replies/classify.ts';
import { Greylists } from '../throttle/greylists.ts';
import type { LaneThrottle } from '../throttle/lane-throttle.ts';
import type { LaneThrottles } from '../throttle/lane-throttles.ts';
import { jittered, retryDelay } from '../throttle/retry.ts';
import type { BackoffPolicy } from './backoff.ts';
import { domainOf, type QueuedMessage } from './queued-message.ts';
import { ReplyContext, type VerdictOf } from './reply-context.ts';

/** A throttled service mail is retried after at most this long. */
const MAX_SERVICE_WAIT_MS = 60_000;
/** Whatever a reply says, a delivery waits no longer than this because of it. */
const MAX_SAID_WAIT_MS = 4 * 3_600_000;

export interface Learned {
  /** What the reply means in its context; null if the relay did not reply. */
  verdict: Verdict | null;
  /** In how many milliseconds the delivery should be tried again, if it should. */
  retryMs: number;
}

export class ReplyFeedback {
  #relay: string;
  #lanes: LaneThrottles;
  #backoff: BackoffPolicy;
  #retryMs: readonly number[];
  #db: Db;
  #log: Log;
  #greylists: Greylists;
  #context: ReplyContext;

  constructor(
    relay: string,
    parts: {
      db: Db;
      lanes: LaneThrottles;
      backoff: BackoffPolicy;
      times: { retryMs: readonly number[] };
      clock: Clock;
      log: Log;
    },
  ) {
    this.#relay = relay;
    this.#lanes = parts.lanes;
    this.#backoff = parts.backoff;
    this.#retryMs = parts.times.retryMs;
    this.#db = parts.db;
    this.#log = parts.log;
    const { clock } = parts;
    const { holdMs } = parts.lanes;
    this.#greylists = new Greylists(clock, { firstMs: parts.times.retryMs[0]!, holdMs });
    this.#context = new ReplyContext({ clock, greylists: this.#greylists, holdMs });
  }

  /** A service mail belongs to no lane, but its provider has one. */
  throttleOf({ batch, delivery }: QueuedMessage): LaneThrottle {
    const lane = batch.isService ? laneOfAddress(delivery.email) : delivery.lane;
    return this.#lanes.throttleOf(this.#relay, lane);
  }

  /** `said`: what the words of the relay's reply mean; null if it gave none. */
  learn(message: QueuedMessage, end: HandOver, said: Verdict | null): Learned {
    if (end.kind === 'accepted') this.#accepted(message);
    if (end.kind !== 'answered' || said === null)
      return { verdict: null, retryMs: this.scheduledRetryMs(message) };
    const { lane } = this.throttleOf(message);
    const verdict = this.#context.verdictOf(message, said, end.reply, lane, this.#backoff.isActive);
    return { verdict, retryMs: this.#retryAfter(message, verdict, end.reply) };
  }

  /** When the message is due again by the retry schedule. */
  scheduledRetryMs({ delivery }: QueuedMessage): number {
    return retryDelay(this.#retryMs, delivery.attempts + 1);
  }

  #retryAfter(message: QueuedMessage, verdict: Verdict, reply: Reply): number {
    const scheduledMs = this.scheduledRetryMs(message);
    if (verdict.kind === 'temporary') return this.#afterTemporary(message, verdict, scheduledMs);
    if (verdict.kind !== 'relay-busy' && verdict.kind !== 'throttled') return scheduledMs;
    const dueMs =
      verdict.kind === 'throttled'
        ? this.#throttled(message, verdict, reply)
        : jittered(this.#backoff.start(verdict, reply));
    if (message.batch.hasOtherRelay) return Math.min(dueMs, scheduledMs);
    // Nobody should wait ten minutes for a confirmation that the provider may accept in one.
    return message.batch.isService ? Math.min(dueMs, this.#retryMs.at(-1)!, MAX_SERVICE_WAIT_MS) : dueMs;
  }

  /**
   * The time that the reply names, if it names one. Otherwise by the schedule, but no later than after twice the time
   * already waited: so a greylisted delivery gets through before three times the greylist's delay have passed, whatever
   * that delay is.
   */
  #afterTemporary(
    message: QueuedMessage,
    { saidMs, about, greylisted }: VerdictOf<'temporary'>,
    scheduledMs: number,
  ): number {
    const { delivery } = message;
    if (saidMs !== null) return jittered(Math.min(saidMs, MAX_SAID_WAIT_MS));
    if (greylisted && !message.batch.isService)
      return this.#greylists.postpone(domainOf(message), delivery.id, delivery.waitedMs ?? 0);
    if (about !== 'address' && about !== 'message') return scheduledMs;
    const waitedMs = jittered(Math.max(delivery.waitedMs ?? 0, this.#retryMs[0]!));
    return Math.min(scheduledMs, waitedMs);
  }

  #throttled(message: QueuedMessage, hold: LaneHold, { code, text }: Reply): number {
    const throttle = this.throttleOf(message);
    const seen = message.batch.isService ? throttle.version : message.laneVersion;
    const reply = `${code} ${text}`;
    return throttle.lane === OTHER_LANE
      ? this.#lanes.learning.domainThrottled(this.#relay, domainOf(message), hold, reply)
      : this.#lanes.learning.throttled(throttle, seen, hold, reply);
  }

  /**
   * A relay that refuses connections because an hourly or daily quota is used up is not down: we back off from it.
   * After "too many connections" we retry as soon as after any other failure.
   */
  backsOffInstead(error: Error): boolean {
    const reply = error instanceof RelayDown ? error.reply : null;
    const verdict = reply && classifyOpening(reply);
    if (!reply || !verdict || verdict.span === 'minute') return false;
    this.#backoff.start(verdict, reply);
    return true;
  }

  /** One domain in the lane of all small providers may be throttling: its mail is postponed without an attempt. */
  domainHold(message: QueuedMessage): { ms: number; reason: string } | null {
    const { domains } = this.#lanes;
    if (!domains.any || message.batch.isService || message.delivery.lane !== OTHER_LANE) return null;
    return domains.postpone(`${this.#relay} ${domainOf(message)}`, message.delivery.waitedMs !== null);
  }

  #accepted(message: QueuedMessage): void {
    this.#context.accepted(message);
    this.#backoff.accepted();
    this.#endGreylist(message);
    if (this.#lanes.domains.any) this.#lanes.domains.accepted(`${this.#relay} ${domainOf(message)}`);
    const throttle = message.batch.isService ? null : this.throttleOf(message);
    if (throttle?.open === false) this.#lanes.learning.accepted(throttle, message.laneVersion);
  }

  /**
   * Makes deliveries to its domain that wait longer than necessary due earlier; if this is not stored, they just come
   * later.
   */
  #endGreylist(message: QueuedMessage): void {
    if (message.batch.isService) return;
    const { issueId, id, lane, waitedMs } = message.delivery;
    const domain = domainOf(message);
    const delayMs = this.#greylists.accepted(domain, id, waitedMs);
    if (delayMs === null) return;
    retryWhenGreylistEnds(this.#db, { issueId, lane, domain, delayMs }).catch((error: Error) =>
      this.#log.warn({ domain, error: error.message }, 'could not store how long a greylist lasts'),
    );
  }
}
