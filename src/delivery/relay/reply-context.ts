/**
 * What a reply means in the light of earlier replies. Its words alone are not always enough: a greylist sounds like a
 * throttle, and the refusal of one recipient like a refusal of us.
 *
 *   - "try again later" is a greylist, or about this one delivery, until it is said to a delivery that has waited as
 *     long as a throttled lane is held, with nothing accepted meanwhile (RFC 6647). Then the provider is throttling.
 *   - "relay access denied" and similar replies stop the send when they come several times in a row with nothing
 *     accepted in between; if they recur for one delivery while others are accepted, they are about that one.
 *   - words about our pace make us back off from the relay. If they recur for the same small domain, they come from
 *     that domain: a relay that wants us to slow down would say so about others too.
 */
import { OTHER_LANE } from '../../ledger/lanes/lanes.ts';
import type { Clock, Reply } from '../../ports.ts';
import { isTemporary, type LaneHold, type Verdict } from '../replies/classify.ts';
import type { Greylists } from '../throttle/greylists.ts';
import type { QueuedMessage } from './queued-message.ts';
import { domainOf } from './queued-message.ts';

/**
 * This many possibly-about-us refusals in a row are taken to be about us: for a relay that has accepted nothing yet,
 * and for the others.
 */
const SUSPECTS_AT_FIRST = 3;
const SUSPECTS_IN_A_ROW = 10;
const USUAL_HOLD: LaneHold = { holdMs: 600_000, fromOne: false };
/** As long as the first backoff from the relay itself. */
const SHORT_HOLD: LaneHold = { holdMs: 60_000, fromOne: false };
/** How many domains that made us back off from the relay are remembered. */
const MAX_DOMAINS = 1_000;

export type VerdictOf<Kind extends Verdict['kind']> = Extract<Verdict, { kind: Kind }>;

export class ReplyContext {
  #clock: Clock;
  #greylists: Greylists;
  /** How long a throttled lane is held. */
  #holdMs: number;
  /** How many messages the relay accepted from this process, and when the last one was (monotonic). */
  #taken = 0;
  #takenAt = Number.NEGATIVE_INFINITY;
  /** Refusals in a row that may be about us. */
  #suspects = 0;
  /** Small domains that made us back off from the relay, and how many messages it had accepted by then. */
  #backedOffFor = new Map<string, number>();

  constructor(parts: { clock: Clock; greylists: Greylists; holdMs: number }) {
    this.#clock = parts.clock;
    this.#greylists = parts.greylists;
    this.#holdMs = parts.holdMs;
  }

  accepted(message: QueuedMessage): void {
    this.#taken += 1;
    this.#takenAt = this.#clock.monotonic();
    this.#suspects = 0;
    if (this.#backedOffFor.size > 0) this.#backedOffFor.delete(domainOf(message));
  }

  /** `lane`: the recipient's, even for a service mail. */
  verdictOf(message: QueuedMessage, said: Verdict, reply: Reply, lane: string, backingOff: boolean): Verdict {
    if (said.kind === 'temporary' && said.greylisted) return this.#greylistOrThrottle(message, said);
    if (said.kind === 'relay-busy') return this.#relayOrDomain(message, said, lane, backingOff);
    if (said.kind === 'sender-refused') return this.#oneOrAll(message, said, reply);
    return said;
  }

  #greylistOrThrottle(message: QueuedMessage, said: VerdictOf<'temporary'>): Verdict {
    const waitedMs = message.delivery.waitedMs ?? 0;
    const waitedLong = waitedMs >= this.#holdMs && !this.#greylists.tookSince(domainOf(message), waitedMs);
    return waitedLong ? { about: 'provider', kind: 'throttled', ...USUAL_HOLD } : said;
  }

  /** In the lane of a large provider, any reply that names us comes from the relay. */
  #relayOrDomain(
    message: QueuedMessage,
    said: VerdictOf<'relay-busy'>,
    lane: string,
    backingOff: boolean,
  ): Verdict {
    // Messages that were under way when we began to back off say nothing new.
    if (lane !== OTHER_LANE || said.span !== 'minute' || backingOff) return said;
    const domain = domainOf(message);
    const takenByThen = this.#backedOffFor.get(domain);
    if (takenByThen !== undefined) {
      const hold = this.#taken > takenByThen ? USUAL_HOLD : SHORT_HOLD;
      return { about: 'provider', kind: 'throttled', ...hold };
    }
    if (this.#backedOffFor.size >= MAX_DOMAINS) this.#backedOffFor.clear();
    this.#backedOffFor.set(domain, this.#taken);
    return said;
  }

  #oneOrAll({ delivery }: QueuedMessage, said: VerdictOf<'sender-refused'>, reply: Reply): Verdict {
    if (said.ofOne === null) return said;
    const othersSince = this.#clock.monotonic() - this.#takenAt < (delivery.waitedMs ?? 0);
    if (othersSince && !isTemporary(reply)) return { about: 'sender', kind: 'refused', reason: said.ofOne };
    if (!othersSince) this.#suspects += 1;
    const enough = this.#suspects >= (this.#taken === 0 ? SUSPECTS_AT_FIRST : SUSPECTS_IN_A_ROW);
    if (enough) return { ...said, ofOne: null };
    return { about: 'sender', kind: 'temporary', greylisted: false, saidMs: null };
  }
}
