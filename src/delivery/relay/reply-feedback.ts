/**
 * What the end of a hand-over teaches of its lane and its relay, and what it means for its delivery. The words of a
 * reply alone do not always say: a greylist sounds like a throttle, and a refusal of one recipient like one of us.
 * Then what happened before decides:
 *
 *   - "try again later" is a greylist, or anything else about this one delivery, until it is said to one that has
 *     waited as long as a throttled lane is held, with nobody taken meanwhile (RFC 6647). Then it is the provider's
 *     patience.
 *   - "relay access denied" and its kind stop the send when they are said several times in a row, with nothing taken
 *     in between; said again of one delivery while others are taken, they are about that one.
 *   - words about our pace make the relay rest. Said of the same small domain again, they are that domain's: a relay
 *     that wants us slower says so of others too.
 */
import type { Db } from '../../db/connection.ts';
import { RelayDown } from '../../errors.ts';
import { retryWhenGreylistEnds } from '../../ledger/lanes/greylisted.ts';
import { laneOfAddress, OTHER_LANE } from '../../ledger/lanes/lanes.ts';
import type { Clock, HandOver, Log, Reply } from '../../ports.ts';
import { isTemporary, judgeOpening, judgeReply, type LaneHold, type Verdict } from '../replies/classify.ts';
import { Greylists } from '../throttle/greylists.ts';
import type { LaneThrottle } from '../throttle/lane-throttle.ts';
import type { LaneThrottles } from '../throttle/lane-throttles.ts';
import { jittered, retryDelay } from '../throttle/retry.ts';
import type { QueuedMessage } from './ready-queue.ts';
import type { RelayRests } from './rests.ts';

/** A throttled service mail is tried again after this at the latest. */
const SERVICE_MS = 60_000;
/** So many refusals in a row that may be about us are about us: of a relay that has taken nothing yet, and of others. */
const ENOUGH_AT_FIRST = 3;
const ENOUGH_IN_A_ROW = 10;
/** Whatever a reply says, one delivery waits no longer for it. */
const MAX_SAID_WAIT_MS = 4 * 3_600_000;
const USUAL_THROTTLE: LaneHold = { holdMs: 600_000, fromOne: false };
/** As long as the relay itself would rest at first. */
const SHORT_THROTTLE: LaneHold = { holdMs: 60_000, fromOne: false };
/** Domains that made the relay rest are remembered up to this many. */
const MAX_DOMAINS = 1_000;

export interface Learned {
  /** Null where the relay answered nothing. */
  verdict: Verdict | null;
  /** In how many milliseconds the delivery should be tried again, if it should. */
  retryMs: number;
}

type Of<Kind extends Verdict['kind']> = Extract<Verdict, { kind: Kind }>;

export class ReplyFeedback {
  #relay: string;
  #lanes: LaneThrottles;
  #rests: RelayRests;
  #retryMs: readonly number[];
  #clock: Clock;
  #db: Db;
  #log: Log;
  #greylists: Greylists;
  /** Messages that it took of this process, and when the last one was (monotonic). */
  #taken = 0;
  #takenAt = Number.NEGATIVE_INFINITY;
  /** Refusals in a row that may be about us. */
  #suspects = 0;
  /** Small domains whose words made the relay rest, and how many it had taken by then. */
  #restedBy = new Map<string, number>();

  constructor(
    relay: string,
    parts: {
      db: Db;
      lanes: LaneThrottles;
      rests: RelayRests;
      times: { retryMs: readonly number[] };
      clock: Clock;
      log: Log;
    },
  ) {
    this.#relay = relay;
    this.#lanes = parts.lanes;
    this.#rests = parts.rests;
    this.#retryMs = parts.times.retryMs;
    this.#clock = parts.clock;
    this.#db = parts.db;
    this.#log = parts.log;
    const { holdMs } = parts.lanes;
    this.#greylists = new Greylists(parts.clock, { firstMs: parts.times.retryMs[0]!, holdMs });
  }

  /** A service mail rides in no lane, but its provider has one. */
  throttleOf({ isService, delivery }: QueuedMessage): LaneThrottle {
    return this.#lanes.throttleOf(this.#relay, isService ? laneOfAddress(delivery.email) : delivery.lane);
  }

  learn(message: QueuedMessage, end: HandOver): Learned {
    if (end.kind === 'accepted') this.#accepted(message);
    if (end.kind !== 'answered') return { verdict: null, retryMs: this.#scheduled(message) };
    const verdict = this.#inContext(message, judgeReply(end.reply, end.stage, end.history), end.reply);
    return { verdict, retryMs: this.#retryAfter(message, verdict, end.reply) };
  }

  #scheduled({ delivery }: QueuedMessage): number {
    return retryDelay(this.#retryMs, delivery.attempts + 1);
  }

  /** What the words mean after what happened before. */
  #inContext(message: QueuedMessage, verdict: Verdict, reply: Reply): Verdict {
    if (verdict.kind === 'temporary' && verdict.greylisted) return this.#patience(message, verdict);
    if (verdict.kind === 'relay-busy') return this.#whoseBudget(message, verdict);
    if (verdict.kind === 'sender-refused') return this.#oneOrAll(message, verdict, reply);
    return verdict;
  }

  /** One that has waited through a whole hold, and is put off all the same. */
  #patience(message: QueuedMessage, verdict: Of<'temporary'>): Verdict {
    const waitedMs = message.delivery.waitedMs ?? 0;
    const tired = waitedMs >= this.#lanes.holdMs && !this.#greylists.tookSince(domainOf(message), waitedMs);
    return tired ? { about: 'provider', kind: 'throttled', ...USUAL_THROTTLE } : verdict;
  }

  #whoseBudget(message: QueuedMessage, verdict: Of<'relay-busy'>): Verdict {
    const domain = this.#smallDomainOf(message);
    // What was on the connection as it began to rest says nothing new.
    if (domain === null || verdict.span !== 'minute' || this.#rests.resting) return verdict;
    const takenByThen = this.#restedBy.get(domain);
    if (takenByThen !== undefined) {
      const hold = this.#taken > takenByThen ? USUAL_THROTTLE : SHORT_THROTTLE;
      return { about: 'provider', kind: 'throttled', ...hold };
    }
    if (this.#restedBy.size >= MAX_DOMAINS) this.#restedBy.clear();
    this.#restedBy.set(domain, this.#taken);
    return verdict;
  }

  #oneOrAll({ delivery }: QueuedMessage, verdict: Of<'sender-refused'>, reply: Reply): Verdict {
    if (verdict.ofOne === null) return verdict;
    const othersSince = this.#clock.monotonic() - this.#takenAt < (delivery.waitedMs ?? 0);
    if (othersSince && !isTemporary(reply))
      return { about: 'sender', kind: 'refused', reason: verdict.ofOne };
    if (!othersSince) this.#suspects += 1;
    const enough = this.#suspects >= (this.#taken === 0 ? ENOUGH_AT_FIRST : ENOUGH_IN_A_ROW);
    if (enough) return { ...verdict, ofOne: null };
    return { about: 'sender', kind: 'temporary', greylisted: false, saidMs: null };
  }

  #retryAfter(message: QueuedMessage, verdict: Verdict, reply: Reply): number {
    const scheduledMs = this.#scheduled(message);
    if (verdict.kind === 'temporary') return this.#comeAgain(message, verdict, scheduledMs);
    if (verdict.kind !== 'relay-busy' && verdict.kind !== 'throttled') return scheduledMs;
    const dueMs =
      verdict.kind === 'throttled'
        ? this.#throttled(message, verdict, reply)
        : jittered(this.#rests.begin(verdict, reply));
    if (message.hasOtherRelay) return Math.min(dueMs, scheduledMs);
    // Nobody waits ten minutes for a confirmation that the provider may take in one.
    return message.isService ? Math.min(dueMs, this.#retryMs.at(-1)!, SERVICE_MS) : dueMs;
  }

  /**
   * When a reply says so, then. Else by the schedule, and never later than after twice the time that it has waited:
   * whatever a greylist's delay is, it is met before it has passed three times.
   */
  #comeAgain(
    message: QueuedMessage,
    { saidMs, about, greylisted }: Of<'temporary'>,
    scheduledMs: number,
  ): number {
    const { delivery } = message;
    if (saidMs !== null) return jittered(Math.min(saidMs, MAX_SAID_WAIT_MS));
    if (greylisted && !message.isService)
      return this.#greylists.putOff(domainOf(message), delivery.id, delivery.waitedMs ?? 0);
    if (about !== 'address' && about !== 'message') return scheduledMs;
    const waitedMs = jittered(Math.max(delivery.waitedMs ?? 0, this.#retryMs[0]!));
    return Math.min(scheduledMs, waitedMs);
  }

  #throttled(message: QueuedMessage, hold: LaneHold, { code, text }: Reply): number {
    const throttle = this.throttleOf(message);
    const seen = message.isService ? throttle.version : (message.laneVersion ?? 0);
    const reply = `${code} ${text}`;
    return throttle.lane === OTHER_LANE
      ? this.#lanes.domainThrottled(this.#relay, domainOf(message), hold, reply)
      : this.#lanes.throttled(throttle, seen, hold, reply);
  }

  /**
   * A relay that does not let us in, for what it takes of us in an hour or a day is used up, is not down: it rests. Too
   * many connections are tried again as soon as after any failure.
   */
  restsInstead(error: Error): boolean {
    const reply = error instanceof RelayDown ? error.reply : null;
    const verdict = reply && judgeOpening(reply);
    if (!reply || !verdict || verdict.span === 'minute') return false;
    this.#rests.begin(verdict, reply);
    return true;
  }

  /** In the lane of all small providers one may be throttling: its mail is put off without a try. */
  domainHold(message: QueuedMessage): { ms: number; reason: string } | null {
    const { domains } = this.#lanes;
    if (!domains.any || message.isService || message.delivery.lane !== OTHER_LANE) return null;
    return domains.putOff(`${this.#relay} ${domainOf(message)}`, message.delivery.waitedMs !== null);
  }

  #accepted(message: QueuedMessage): void {
    this.#taken += 1;
    this.#takenAt = this.#clock.monotonic();
    this.#suspects = 0;
    this.#rests.accepted();
    this.#endGreylist(message);
    if (this.#restedBy.size > 0) this.#restedBy.delete(domainOf(message));
    if (this.#lanes.domains.any) this.#lanes.domains.accepted(`${this.#relay} ${domainOf(message)}`);
    const throttle = message.isService ? null : this.throttleOf(message);
    if (throttle?.open === false) this.#lanes.accepted(throttle, message.laneVersion ?? 0);
  }

  /** Those of its domain who wait longer than they have to come earlier; what is not stored comes by itself later. */
  #endGreylist(message: QueuedMessage): void {
    const { issueId, id, lane, waitedMs } = message.delivery;
    const domain = domainOf(message);
    const delayMs = message.isService ? null : this.#greylists.accepted(domain, id, waitedMs);
    if (delayMs === null) return;
    retryWhenGreylistEnds(this.#db, { issueId, lane, domain, delayMs }).catch((error: Error) =>
      this.#log.warn({ domain, error: error.message }, 'the end of a greylist could not be stored'),
    );
  }

  /** Null in the lane of a large provider: what names us there is the relay's. */
  #smallDomainOf(message: QueuedMessage): string | null {
    return this.throttleOf(message).lane === OTHER_LANE ? domainOf(message) : null;
  }
}

const domainOf = ({ delivery: { email } }: QueuedMessage): string =>
  email.slice(email.lastIndexOf('@') + 1).toLowerCase();
