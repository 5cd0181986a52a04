/**
 * Domains that put strangers off until they come again ("greylisting", RFC 6647), as one process finds them. How long
 * nobody tells, and a list of thousands that all asked again and again would be hammering. So a few of each domain
 * ask, twice as long after their first try each time; when one of them is taken, the delay is known, and the others
 * come when it has passed. Should those few be lost, the others come by themselves after half a lane's hold, which is
 * the usual delay.
 */
import type { Clock } from '../../ports.ts';
import { jittered } from './retry.ts';

interface Greylist {
  /** Deliveries that find the delay out. */
  probes: Set<number>;
  /** Known to be enough; null: not found out yet. */
  delayMs: number | null;
  /** Monotonic: when a message for it was taken last. */
  takenAt: number;
}

const PROBES = 5;
/** Domains that are remembered; the one met first is forgotten. */
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

  /** Put off, having waited for `waitedMs` since its first try. Returns in how many milliseconds it comes again. */
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

  /** Whether it took others meanwhile: then it is this one delivery that it does not want. */
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
