/**
 * How long we back off from a relay that accepts nothing more from us for now. If it wants us to slow down: a minute
 * first, doubled each time it says so again before it has accepted anything, up to half an hour. If a quota is used up:
 * until the quota's period is over, or for as long as the relay says. A daily quota is often restored earlier (at
 * midnight, or when somebody buys more), so such a relay is asked again every hour, with one message.
 */
import type { Db } from '../../db/connection.ts';
import { endBackoff, startBackoff } from '../../ledger/relays/backoff.ts';
import type { Log, Reply } from '../../ports.ts';
import { type QuotaSpan, type Verdict, withoutAddresses } from '../replies/classify.ts';
import type { Backoff, RelayHealth } from './health.ts';

type Busy = Extract<Verdict, { kind: 'relay-busy' }>;

/** All backoffs are in proportion to this. */
export const BASE_BACKOFF_MS = 60_000;
const MAX_TIMES_BASE = 30;
const HOUR_TIMES_BASE = 60;
const DAY_TIMES_BASE = 24 * HOUR_TIMES_BASE;

const WHAT: Readonly<Record<QuotaSpan, string>> = {
  minute: 'asks us to slow down',
  hour: 'accepts no more mail from us this hour',
  day: 'accepts no more mail from us today, and is asked again every hour',
};

export class BackoffPolicy {
  #relay: string;
  #db: Db;
  #log: Log;
  #health: RelayHealth;
  #baseMs: number;
  /** Backoffs in a row, with nothing accepted in between. */
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

  /** Returns how long nothing is sent. Messages under way may get the same reply: it counts once. */
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

  /** A message was accepted. One that was already under way when the backoff began says nothing about it. */
  accepted(): void {
    if (this.#times === 0 || this.#health.backoff) return;
    this.#times = 0;
    if (!this.#health.accepted()) return;
    this.#log.info({}, 'the relay accepts mail again');
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

  /** For other workers, and for display; this worker backs off even if storing fails. */
  #store(act: () => Promise<void>): void {
    act().catch((error: Error) =>
      this.#log.warn({ error: error.message }, 'could not store whether we back off from the relay'),
    );
  }
}
