/**
 * Domains that turn unknown senders away until they come again ("greylisting", RFC 6647), as one process finds them.
 * They do not say how long that takes, and thousands of deliveries that all tried again and again would be hammering.
 * So a few of each domain probe, each time after twice the time since their first try. When one of them is accepted the
 * delay is known, and the others come when it has passed. Should the probes be lost, the others come after half a
 * lane's hold, which is the usual delay.
 */
import type { Clock } from '../../ports.ts';
import { jittered } from './retry.ts';

interface Greylist {
  /** Deliveries that find out the delay. */
  probes: Set<number>;
  /** A delay known to be enough; null: not found out yet. */
  delayMs: number | null;
  /** Monotonic: when a message for it was last accepted. */
  takenAt: number;
}

const PROBES = 5;
/** Domains that are remembered; beyond that the oldest is dropped. */
const MAX_DOMAINS = 1_000;

export class Greylists {
  #clock: Clock;
  #firstMs: number;
  #usualMs: number;
  #domains = new Map<string, Greylist>();

  /** `firstMs`: the first wait of the schedule of retries; `holdMs`: how long a throttled lane is held. */
  constructor(clock: Clock, { firstMs, holdMs }: { firstMs: number; holdMs: number }) {
    this.#clock = clock;
    this.#firstMs = firstMs;
    this.#usualMs = holdMs / 2;
  }

  /** A delivery was turned away `waitedMs` after its first try. Returns in how many milliseconds it should come again. */
  postpone(domain: string, id: number, waitedMs: number): number {
    const list = this.#listOf(domain);
    // It was not enough after all.
    if (list.delayMs !== null && waitedMs >= list.delayMs) list.delayMs = null;
    if (list.delayMs !== null) return jittered(list.delayMs - waitedMs);
    if (list.probes.size < PROBES) list.probes.add(id);
    const doubledMs = Math.max(waitedMs, this.#firstMs);
    return jittered(list.probes.has(id) ? doubledMs : Math.max(doubledMs, this.#usualMs - waitedMs));
  }

  /** A message for the domain was taken. Returns the delay where this has found it out; `waitedMs` null: a first try. */
  accepted(domain: string, id: number, waitedMs: number | null): number | null {
    const list = this.#domains.get(domain);
    if (!list) return null;
    list.takenAt = this.#clock.monotonic();
    const found = list.probes.delete(id) && waitedMs !== null && list.delayMs === null;
    if (found) list.delayMs = waitedMs;
    return found ? waitedMs : null;
  }

  /** Whether the domain accepted others meanwhile: then it is this one delivery that it does not want. */
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
