/**
 * What a reply means after what happened before. Its words alone do not always say: a greylist sounds like a
 * throttle, and a refusal of one recipient like a refusal of us.
 *
 *   - "try again later" is a greylist, or anything else about this one delivery, until it is said to one that has
 *     waited as long as a throttled lane is held, with nobody taken meanwhile (RFC 6647). Then the provider throttles.
 *   - "relay access denied" and its kind stop the send when they are said several times in a row, with nothing taken
 *     in between; said again of one delivery while others are taken, they are about that one.
 *   - words about our pace make us back off from the relay. Said of the same small domain again, they are that
 *     domain's: a relay that wants us slower says so of others too.
 */
import { OTHER_LANE } from '../../ledger/lanes/lanes.ts';
import type { Clock, Reply } from '../../ports.ts';
import { isTemporary, type LaneHold, type Verdict } from '../replies/classify.ts';
import type { Greylists } from '../throttle/greylists.ts';
import type { QueuedMessage } from './queued-message.ts';
import { domainOf } from './queued-message.ts';

/** So many refusals in a row that may be about us are about us: of a relay that has taken nothing yet, and of others. */
const SUSPECTS_AT_FIRST = 3;
const SUSPECTS_IN_A_ROW = 10;
const USUAL_HOLD: LaneHold = { holdMs: 600_000, fromOne: false };
/** As long as a first backoff from the relay itself. */
const SHORT_HOLD: LaneHold = { holdMs: 60_000, fromOne: false };
/** Domains that made us back off from the relay are remembered up to this many. */
const MAX_DOMAINS = 1_000;

export type VerdictOf<Kind extends Verdict['kind']> = Extract<Verdict, { kind: Kind }>;

export class ReplyContext {
  #clock: Clock;
  #greylists: Greylists;
  /** How long a throttled lane is held. */
  #holdMs: number;
  /** Messages that the relay took of this process, and when the last one was (monotonic). */
  #taken = 0;
  #takenAt = Number.NEGATIVE_INFINITY;
  /** Refusals in a row that may be about us. */
  #suspects = 0;
  /** Small domains that made us back off from the relay, and how many messages it had taken by then. */
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

  /** `lane`: the recipient's, also of a service mail. */
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

  /** In the lane of a large provider, whatever names us is the relay's. */
  #relayOrDomain(
    message: QueuedMessage,
    said: VerdictOf<'relay-busy'>,
    lane: string,
    backingOff: boolean,
  ): Verdict {
    // Messages under way when we began to back off say nothing new.
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
