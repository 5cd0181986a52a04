/**
 * Domains that turn unknown senders away until they retry ("greylisting", RFC 6647), as observed by one process. They
 * do not say how long the delay is, and thousands of deliveries retrying again and again would hammer them. So a few
 * deliveries per domain probe, each at twice the time since their first attempt. When one of them is accepted the delay
 * is known, and the others become due once it has passed. If the probes are lost, the others are retried after half a
 * lane's hold, which is the usual delay.
 */
import type { Clock } from '../../ports.ts';
import { jittered } from './retry.ts';

interface Greylist {
  /** Ids of the deliveries that probe the delay. */
  probes: Set<number>;
  /** A delay known to be long enough; null: not found out yet. */
  delayMs: number | null;
  /** Monotonic: when a message for it was last accepted. */
  takenAt: number;
}

const PROBES = 5;
/** How many domains are remembered; beyond that the oldest is dropped. */
const MAX_DOMAINS = 1_000;

export class Greylists {
  #clock: Clock;
  #firstMs: number;
  #usualMs: number;
  #domains = new Map<string, Greylist>();

  /** `firstMs`: the first wait of the retry schedule; `holdMs`: how long a throttled lane is held. */
  constructor(clock: Clock, { firstMs, holdMs }: { firstMs: number; holdMs: number }) {
    this.#clock = clock;
    this.#firstMs = firstMs;
    this.#usualMs = holdMs / 2;
  }

  /**
   * A delivery was turned away `waitedMs` after its first attempt. Returns in how many milliseconds it should be
   * retried.
   */
  postpone(domain: string, id: number, waitedMs: number): number {
    const list = this.#listOf(domain);
    // The delay was not long enough after all.
    if (list.delayMs !== null && waitedMs >= list.delayMs) list.delayMs = null;
    if (list.delayMs !== null) return jittered(list.delayMs - waitedMs);
    if (list.probes.size < PROBES) list.probes.add(id);
    const doubledMs = Math.max(waitedMs, this.#firstMs);
    return jittered(list.probes.has(id) ? doubledMs : Math.max(doubledMs, this.#usualMs - waitedMs));
  }

  /** A message for the domain was accepted. Returns the delay if this revealed it; `waitedMs` null: a first attempt. */
  accepted(domain: string, id: number, waitedMs: number | null): number | null {
    const list = this.#domains.get(domain);
    if (!list) return null;
    list.takenAt = this.#clock.monotonic();
    const found = list.probes.delete(id) && waitedMs !== null && list.delayMs === null;
    if (found) list.delayMs = waitedMs;
    return found ? waitedMs : null;
  }

  /** Whether the domain accepted others meanwhile: then it rejects only this one delivery. */
  tookSince(domain: string, waitedMs: number): boolean {
    const takenAt = this.#domains.get(domain)?.takenAt ?? Number.NEGATIVE_INFINITY;
    return this.#clock.monotonic() - takenAt < waitedMs;
  }

  #listOf(domain: string): Greylist {
    const known = this.#domains.get(domain);
    if (known) return known;
    const oldest = this.#domains.keys().next().value;
    if (this.#domains.size >= MAX_DOMAINS && oldest !== undefined) this.#domains.delete(oldest);
    const list: Greylist = { probes: new Set(), delayMs: null, takenAt: Number.NEGATIVE_INFINITY };
    this.#domains.set(domain, list);
    return list;
  }
}
