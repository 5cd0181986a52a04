/**
 * How long a relay rests that takes nothing more of us for now. One that wants us slower: a minute first, twice as
 * long each time it says so again before it has taken anything, up to half an hour. One whose quota is used up: until
 * the quota's time, or what it says itself. A day's quota is often given back earlier (at midnight, or when somebody
 * buys more), so it is asked again every hour, with one message.
 */
import type { Db } from '../../db/connection.ts';
import { endBackoff, startBackoff } from '../../ledger/relays/backoff.ts';
import type { Log, Reply } from '../../ports.ts';
import { type QuotaSpan, type Verdict, withoutAddresses } from '../replies/classify.ts';
import type { RelayHealth, Rest } from './health.ts';

type Busy = Extract<Verdict, { kind: 'relay-busy' }>;

/** Everything below is in proportion to this. */
export const USUAL_REST_MS = 60_000;
const MOST_TIMES_REPEATED = 30;
const TIMES_AN_HOUR = 60;
const TIMES_A_DAY = 24 * TIMES_AN_HOUR;

const WHAT: Readonly<Record<QuotaSpan, string>> = {
  minute: 'wants us slower',
  hour: 'has used up what it takes of us in an hour',
  day: 'has used up what it takes of us in a day, and is asked again every hour',
};

export class RelayRests {
  #relay: string;
  #db: Db;
  #log: Log;
  #health: RelayHealth;
  #baseMs: number;
  /** In a row, with nothing taken in between. */
  #times = 0;

  constructor(relay: string, parts: { db: Db; log: Log; health: RelayHealth; restMs: number }) {
    this.#relay = relay;
    this.#db = parts.db;
    this.#log = parts.log;
    this.#health = parts.health;
    this.#baseMs = parts.restMs;
  }

  get resting(): boolean {
    return this.#health.rest !== null;
  }

  /** Returns for how long nothing goes. What was on the connection as it began to rest may say the same: once is enough. */
  begin(verdict: Busy, reply: Reply): number {
    const resting = this.#health.rest;
    if (resting) return resting.ms;
    this.#times += 1;
    const said = withoutAddresses(`${reply.code} ${reply.text}`).replace(/\s+/g, ' ');
    const rest = { ...this.#lengthOf(verdict), why: `relay ${this.#relay} ${WHAT[verdict.span]}: "${said}"` };
    this.#health.beginRest(rest);
    this.#log.warn({ restMs: rest.ms, reply: said }, `the relay ${WHAT[verdict.span]}; it rests`);
    this.#keep(() => startBackoff(this.#db, this.#relay, rest));
    return rest.ms;
  }

  /** A message was taken. What was on the connection as a rest began says nothing of it. */
  accepted(): void {
    if (this.#times === 0 || this.#health.rest) return;
    this.#times = 0;
    if (!this.#health.accepted()) return;
    this.#log.info({}, 'the relay takes mail again');
    this.#keep(() => endBackoff(this.#db, this.#relay));
  }

  #lengthOf({ span, saidMs }: Busy): Pick<Rest, 'ms' | 'endsMs'> {
    if (saidMs !== null) return { ms: Math.max(saidMs, 1_000), endsMs: saidMs };
    const hourMs = TIMES_AN_HOUR * this.#baseMs;
    if (span === 'hour') return { ms: hourMs, endsMs: hourMs };
    if (span === 'day') return { ms: hourMs, endsMs: TIMES_A_DAY * this.#baseMs };
    const ms = this.#baseMs * Math.min(2 ** (this.#times - 1), MOST_TIMES_REPEATED);
    return { ms, endsMs: ms };
  }

  /** Other workers, and people, read it there; this one rests anyway. */
  #keep(act: () => Promise<void>): void {
    act().catch((error: Error) =>
      this.#log.warn({ error: error.message }, 'that the relay rests could not be stored'),
    );
  }
}
