/**
 * What the end of a hand-over teaches of its lane and its relay, and what it means for its delivery. The words of a
 * reply alone do not always say: a greylist sounds like a throttle, and a refusal of one recipient like one of us.
 * Then what happened before decides:
 *
 *   - "try again later" is a greylist, or anything else about this one delivery, until it is said to one that has
 *     waited as long as a throttled lane is held (RFC 6647). Then it is the provider's patience.
 *   - "relay access denied" and its kind stop the send when it is said three times in a row, with nothing taken in
 *     between; said once among those that are taken it is about that one.
 *   - words about our pace make the relay rest. Said of the same small domain again, while others are taken, they
 *     are that domain's.
 */
import { RelayDown } from '../errors.ts';
import type { LaneGate } from './lane-gate.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import { laneOfAddress, OTHER_LANE } from './lanes.ts';
import type { HandOver, Log, Reply } from './ports.ts';
import type { RelayRests } from './relay-rest.ts';
import { isTemporary, judgeOpening, judgeReply, type Throttle, type Verdict } from './reply-rules.ts';
import { jittered, retryDelay } from './retry.ts';
import type { Parcel } from './waiting.ts';

/** A throttled service mail is tried again after this at the latest. */
const SERVICE_MS = 60_000;
/** So many refusals that may be about us, with nothing taken in between, are about us. */
const ENOUGH_IN_A_ROW = 3;
/** Whatever a reply says, one delivery waits no longer for it. */
const MAX_SAID_WAIT_MS = 4 * 3_600_000;
const USUAL_THROTTLE: Throttle = { holdMs: 600_000, fromOne: false };
/** Domains that made the relay rest are remembered up to this many. */
const MAX_DOMAINS = 1_000;

export interface Learned {
  /** Null where the relay answered nothing. */
  verdict: Verdict | null;
  /** In how many milliseconds the delivery should be tried again, if it should. */
  retryMs: number;
}

type Of<Kind extends Verdict['kind']> = Extract<Verdict, { kind: Kind }>;

export class Lessons {
  #relay: string;
  #lanes: LaneKeeper;
  #rests: RelayRests;
  #retryMs: readonly number[];
  #log: Log;
  /** Messages that it took of this process. */
  #taken = 0;
  /** Refusals in a row that may be about us. */
  #suspects = 0;
  /** Small domains whose words made the relay rest, and how many it had taken by then. */
  #restedBy = new Map<string, number>();

  constructor(
    relay: string,
    parts: { lanes: LaneKeeper; rests: RelayRests; times: { retryMs: readonly number[] }; log: Log },
  ) {
    this.#relay = relay;
    this.#lanes = parts.lanes;
    this.#rests = parts.rests;
    this.#retryMs = parts.times.retryMs;
    this.#log = parts.log;
  }

  /** A service mail rides in no lane, but its provider has one. */
  gateOf({ first, delivery }: Parcel): LaneGate {
    return this.#lanes.gate(this.#relay, first ? laneOfAddress(delivery.email) : delivery.lane);
  }

  learn(parcel: Parcel, end: HandOver): Learned {
    if (end.kind === 'accepted') this.#accepted(parcel);
    if (end.kind !== 'answered') return { verdict: null, retryMs: this.#scheduled(parcel) };
    const verdict = this.#inContext(parcel, judgeReply(end.reply, end.stage, end.history), end.reply);
    return { verdict, retryMs: this.#retryAfter(parcel, verdict, end.reply) };
  }

  #scheduled({ delivery }: Parcel): number {
    return retryDelay(this.#retryMs, delivery.attempts + 1);
  }

  /** What the words mean after what happened before. */
  #inContext(parcel: Parcel, verdict: Verdict, reply: Reply): Verdict {
    if (verdict.kind === 'temporary' && verdict.greylisted) return this.#patience(parcel, verdict);
    if (verdict.kind === 'relay-busy') return this.#whoseBudget(parcel, verdict);
    if (verdict.kind === 'sender-refused') return this.#oneOrAll(parcel, verdict, reply);
    return verdict;
  }

  /** One that has waited through a whole hold, and is put off all the same. */
  #patience({ delivery }: Parcel, verdict: Of<'temporary'>): Verdict {
    const waited = (delivery.waitedMs ?? 0) >= this.#lanes.holdMs;
    return waited ? { about: 'provider', kind: 'throttled', ...USUAL_THROTTLE } : verdict;
  }

  #whoseBudget(parcel: Parcel, verdict: Of<'relay-busy'>): Verdict {
    const domain = this.#smallDomainOf(parcel);
    if (domain === null || verdict.span !== 'minute') return verdict;
    const takenByThen = this.#restedBy.get(domain);
    if (takenByThen !== undefined && this.#taken > takenByThen)
      return { about: 'provider', kind: 'throttled', ...USUAL_THROTTLE };
    if (this.#restedBy.size >= MAX_DOMAINS) this.#restedBy.clear();
    this.#restedBy.set(domain, this.#taken);
    return verdict;
  }

  #oneOrAll({ delivery }: Parcel, verdict: Of<'sender-refused'>, reply: Reply): Verdict {
    if (verdict.ofOne === null) return verdict;
    this.#suspects += 1;
    if (this.#suspects >= ENOUGH_IN_A_ROW) return { ...verdict, ofOne: null };
    const onlyThisOne = delivery.attempts > 0 && this.#suspects === 1 && this.#taken > 0;
    if (onlyThisOne && !isTemporary(reply))
      return { about: 'sender', kind: 'refused', reason: verdict.ofOne };
    return { about: 'sender', kind: 'temporary', greylisted: false, saidMs: null };
  }

  #retryAfter(parcel: Parcel, verdict: Verdict, reply: Reply): number {
    const scheduledMs = this.#scheduled(parcel);
    if (verdict.kind === 'temporary') return this.#comeAgain(parcel, verdict, scheduledMs);
    if (verdict.kind !== 'relay-busy' && verdict.kind !== 'throttled') return scheduledMs;
    const dueMs =
      verdict.kind === 'throttled'
        ? this.#throttled(parcel, verdict, reply)
        : jittered(this.#rests.begin(verdict, reply));
    if (parcel.elsewhere) return Math.min(dueMs, scheduledMs);
    // Nobody waits ten minutes for a confirmation that the provider may take in one.
    return parcel.first ? Math.min(dueMs, this.#retryMs.at(-1)!, SERVICE_MS) : dueMs;
  }

  /**
   * When a reply says so, then. Else by the schedule, and never later than after twice the time that it has waited:
   * whatever a greylist's delay is, it is met before it has passed three times.
   */
  #comeAgain({ delivery }: Parcel, { saidMs, about }: Of<'temporary'>, scheduledMs: number): number {
    if (saidMs !== null) return jittered(Math.min(saidMs, MAX_SAID_WAIT_MS));
    if (about !== 'address' && about !== 'message') return scheduledMs;
    const waitedMs = jittered(Math.max(delivery.waitedMs ?? 0, this.#retryMs[0]!));
    return Math.min(scheduledMs, waitedMs);
  }

  #throttled(parcel: Parcel, throttle: Throttle, { code, text }: Reply): number {
    const gate = this.gateOf(parcel);
    const seen = parcel.first ? gate.version : (parcel.laneVersion ?? 0);
    const reply = `${code} ${text}`;
    return gate.lane === OTHER_LANE
      ? this.#lanes.domainThrottled(this.#relay, domainOf(parcel), throttle, reply)
      : this.#lanes.throttled(gate, seen, throttle, reply);
  }

  /** A relay that does not let us in, for what it takes of us is used up, is not down: it rests. */
  restsInstead(error: Error): boolean {
    const reply = error instanceof RelayDown ? error.reply : null;
    const verdict = reply && judgeOpening(reply);
    if (!reply || !verdict) return false;
    this.#rests.begin(verdict, reply);
    return true;
  }

  /** In the lane of all small providers one may be throttling: its mail is put off without a try. */
  domainHold(parcel: Parcel): { ms: number; reason: string } | null {
    const { domains } = this.#lanes;
    if (!domains.any || parcel.first || parcel.delivery.lane !== OTHER_LANE) return null;
    return domains.putOff(`${this.#relay} ${domainOf(parcel)}`, parcel.delivery.waitedMs !== null);
  }

  #accepted(parcel: Parcel): void {
    this.#taken += 1;
    this.#suspects = 0;
    this.#rests.accepted();
    if (this.#restedBy.size > 0) this.#restedBy.delete(domainOf(parcel));
    if (this.#lanes.domains.any) this.#lanes.domains.accepted(`${this.#relay} ${domainOf(parcel)}`);
    const gate = parcel.first ? null : this.gateOf(parcel);
    if (gate?.open === false) this.#lanes.accepted(gate, parcel.laneVersion ?? 0);
  }

  /** Null in the lane of a large provider: what names us there is the relay's. */
  #smallDomainOf(parcel: Parcel): string | null {
    return this.gateOf(parcel).lane === OTHER_LANE ? domainOf(parcel) : null;
  }
}

const domainOf = ({ delivery: { email } }: Parcel): string =>
  email.slice(email.lastIndexOf('@') + 1).toLowerCase();
