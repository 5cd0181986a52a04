/**
 * For how long we back off from a relay that takes nothing more of us for now. One that wants us slower: a minute
 * first, twice as long each time it says so again before it has taken anything, up to half an hour. One whose quota is
 * used up: until the quota's time is over, or for as long as it says. A day's quota is often given back earlier (at
 * midnight, or when somebody buys more), so such a relay is asked again every hour, with one message.
 */
import type { Db } from '../../db/connection.ts';
import { endBackoff, startBackoff } from '../../ledger/relays/backoff.ts';
import type { Log, Reply } from '../../ports.ts';
import { type QuotaSpan, type Verdict, withoutAddresses } from '../replies/classify.ts';
import type { Backoff, RelayHealth } from './health.ts';

type Busy = Extract<Verdict, { kind: 'relay-busy' }>;

/** Everything below is in proportion to this. */
export const BASE_BACKOFF_MS = 60_000;
const MAX_TIMES_BASE = 30;
const HOUR_TIMES_BASE = 60;
const DAY_TIMES_BASE = 24 * HOUR_TIMES_BASE;

const WHAT: Readonly<Record<QuotaSpan, string>> = {
  minute: 'wants us slower',
  hour: 'has used up what it takes of us in an hour',
  day: 'has used up what it takes of us in a day, and is asked again every hour',
};

export class BackoffPolicy {
  #relay: string;
  #db: Db;
  #log: Log;
  #health: RelayHealth;
  #baseMs: number;
  /** In a row, with nothing taken in between. */
  #times = 0;

  constructor(relay: string, parts: { db: Db; log: Log; health: RelayHealth; baseMs: number }) {
    this.#relay = relay;
    this.#db = parts.db;
    this.#log = parts.log;
    this.#health = parts.health;
    this.#baseMs = parts.baseMs;
  }

  get isActive(): boolean {
    return this.#health.backoff !== null;
  }

  /** Returns for how long nothing goes. Messages under way may meet the same reply: it counts once. */
  start(verdict: Busy, reply: Reply): number {
    const active = this.#health.backoff;
    if (active) return active.ms;
    this.#times += 1;
    const replyText = withoutAddresses(`${reply.code} ${reply.text}`).replace(/\s+/g, ' ');
    const why = `relay ${this.#relay} ${WHAT[verdict.span]}: "${replyText}"`;
    const backoff = { ...this.#lengthOf(verdict), why };
    this.#health.startBackoff(backoff);
    this.#log.warn(
      { backoffMs: backoff.ms, reply: replyText },
      `the relay ${WHAT[verdict.span]}; backing off`,
    );
    this.#store(() => startBackoff(this.#db, this.#relay, backoff));
    return backoff.ms;
  }

  /** A message was accepted. One that was under way when we began to back off says nothing about it. */
  accepted(): void {
    if (this.#times === 0 || this.#health.backoff) return;
    this.#times = 0;
    if (!this.#health.accepted()) return;
    this.#log.info({}, 'the relay takes mail again');
    this.#store(() => endBackoff(this.#db, this.#relay));
  }

  #lengthOf({ span, saidMs }: Busy): Pick<Backoff, 'ms' | 'endsMs'> {
    if (saidMs !== null) return { ms: Math.max(saidMs, 1_000), endsMs: saidMs };
    const hourMs = HOUR_TIMES_BASE * this.#baseMs;
    if (span === 'hour') return { ms: hourMs, endsMs: hourMs };
    if (span === 'day') return { ms: hourMs, endsMs: DAY_TIMES_BASE * this.#baseMs };
    const ms = this.#baseMs * Math.min(2 ** (this.#times - 1), MAX_TIMES_BASE);
    return { ms, endsMs: ms };
  }

  /** For other workers, and for people; this one backs off anyway. */
  #store(act: () => Promise<void>): void {
    act().catch((error: Error) =>
      this.#log.warn({ error: error.message }, 'could not store whether we back off from the relay'),
    );
  }
}
