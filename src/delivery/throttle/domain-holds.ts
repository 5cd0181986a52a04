/**
 * Domains in the lane of all small providers. One that wants us slower holds up only its own mail, since it says
 * nothing of the others. Each process keeps its own: another one finds out with messages of its own.
 *
 *   free --throttle--> held --time--> probed with one that was refused before --accepted--> free
 *                        ^------------refused again: held twice as long, up to 8 times--'
 */
import type { Clock } from '../../ports.ts';
import { jittered } from './retry.ts';

interface Hold {
  until: number;
  reason: string;
  /** Times in a row. */
  times: number;
  /** A probe is under way, and counts as lost after this time. Null: none. */
  probeUntil: number | null;
}

/** A probe whose connection died, or that was not begun, is repeated after this, never later than a usual hold. */
const PROBE_MS = 60_000;
/** What is postponed while a probe is under way comes back after this part of a hold. */
const PART_OF_HOLD = 20;
/** When nothing is left that was refused before, any message may probe after this part of a hold. */
const ANY_PROBE_PART = 4;
const MAX_DOUBLINGS = 3;

export class DomainHolds {
  #clock: Clock;
  /** How long a usual hold is. */
  #holdMs: number;
  #holds = new Map<string, Hold>();

  constructor(clock: Clock, holdMs: number) {
    this.#clock = clock;
    this.#holdMs = holdMs;
  }

  /** True when any domain is held: only then is a message's domain worth a look. */
  get any(): boolean {
    return this.#holds.size > 0;
  }

  /** Returns for how long from now; `news`: it was not held yet. */
  hold(key: string, holdMs: number, reason: string): { ms: number; news: boolean } {
    const now = this.#clock.monotonic();
    const held = this.#holds.get(key);
    // Messages that were under way when the hold began say the same.
    if (held && held.until > now) return { ms: held.until - now, news: false };
    const times = (held?.times ?? 0) + 1;
    const ms = holdMs * 2 ** Math.min(times - 1, MAX_DOUBLINGS);
    this.#holds.set(key, { until: now + ms, reason, times, probeUntil: null });
    return { ms, news: true };
  }

  /** Null when a message may go now, as the probe if one is wanted; else for how long it is postponed, and why. */
  postpone(key: string, wasRefused: boolean): { ms: number; reason: string } | null {
    const held = this.#holds.get(key);
    if (!held) return null;
    const now = this.#clock.monotonic();
    const { until, reason } = held;
    if (now < until) return { ms: jittered(until - now), reason };
    const probing = held.probeUntil !== null && now < held.probeUntil;
    const anybody = now > until + this.#holdMs / ANY_PROBE_PART;
    if (probing || !(wasRefused || anybody)) return { ms: jittered(this.#holdMs / PART_OF_HOLD), reason };
    held.probeUntil = now + Math.min(PROBE_MS, this.#holdMs);
    return null;
  }

  /** A message for it was accepted. One that was under way when the hold began says nothing. */
  accepted(key: string): void {
    const held = this.#holds.get(key);
    if (held && held.until <= this.#clock.monotonic()) this.#holds.delete(key);
  }

  /** Drops holds that ended long ago. */
  dropOld(): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#holds)
      if (until + 2 * MAX_DOUBLINGS * this.#holdMs < now) this.#holds.delete(key);
  }
}
