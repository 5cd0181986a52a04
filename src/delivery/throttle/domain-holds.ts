/**
 * Domains of the lane of all small providers, each of which may want us slower by itself: only its own mail waits,
 * since it says nothing of the others. Kept by one process alone: another finds out with messages of its own.
 *
 *   free --throttle--> held --time--> probed with one that was refused before --taken--> free
 *                        ^------------refused again: held twice as long, up to 8 times--'
 */
import type { Clock } from '../../ports.ts';
import { jittered } from './retry.ts';

interface Hold {
  until: number;
  reason: string;
  /** Times in a row. */
  times: number;
  /** A probe is on its way; it is given up for lost then. Null: none. */
  probeUntil: number | null;
}

/** A probe that was put back or whose connection died is made again after this, and never later than a usual hold. */
const PROBE_MS = 60_000;
/** Who is put off while a probe is on its way comes back after this part of a hold. */
const PART_OF_HOLD = 20;
/** With nobody left who was refused before, anybody may probe after this part of a hold. */
const PATIENCE_PART = 4;
const MOST_DOUBLINGS = 3;

export class DomainHolds {
  #clock: Clock;
  /** How long a usual hold is. */
  #holdMs: number;
  #holds = new Map<string, Hold>();

  constructor(clock: Clock, holdMs: number) {
    this.#clock = clock;
    this.#holdMs = holdMs;
  }

  /** Any domain is held: only then is it worth a look at a message's. */
  get any(): boolean {
    return this.#holds.size > 0;
  }

  /** Returns for how long from now; `news`: it was not held yet. */
  hold(key: string, holdMs: number, reason: string): { ms: number; news: boolean } {
    const now = this.#clock.monotonic();
    const held = this.#holds.get(key);
    // What was on the connection as it was held says the same.
    if (held && held.until > now) return { ms: held.until - now, news: false };
    const times = (held?.times ?? 0) + 1;
    const ms = holdMs * 2 ** Math.min(times - 1, MOST_DOUBLINGS);
    this.#holds.set(key, { until: now + ms, reason, times, probeUntil: null });
    return { ms, news: true };
  }

  /** Null where a message may go now, as the probe if one is wanted; else for how long it is put off, and why. */
  postpone(key: string, wasRefused: boolean): { ms: number; reason: string } | null {
    const held = this.#holds.get(key);
    if (!held) return null;
    const now = this.#clock.monotonic();
    const { until, reason } = held;
    if (now < until) return { ms: jittered(until - now), reason };
    const probing = held.probeUntil !== null && now < held.probeUntil;
    const anybody = now > until + this.#holdMs / PATIENCE_PART;
    if (probing || !(wasRefused || anybody)) return { ms: jittered(this.#holdMs / PART_OF_HOLD), reason };
    held.probeUntil = now + Math.min(PROBE_MS, this.#holdMs);
    return null;
  }

  /** A message for it was taken: what was on the connection as it was held says nothing. */
  accepted(key: string): void {
    const held = this.#holds.get(key);
    if (held && held.until <= this.#clock.monotonic()) this.#holds.delete(key);
  }

  /** Those that nobody has asked for since long. */
  forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#holds)
      if (until + 2 * MOST_DOUBLINGS * this.#holdMs < now) this.#holds.delete(key);
  }
}
