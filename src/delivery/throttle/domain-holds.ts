/**
 * Domains in the lane of all small providers. A domain that wants us to slow down holds up only its own mail, since
 * that says nothing about the others. Each process keeps its own holds: another process finds out by its own messages.
 *
 *   free --throttled--> held --time--> probed with a message that was refused before --accepted--> free
 *                        ^-------------refused again: held twice as long, up to 8 times--'
 */
import type { Clock } from '../../ports.ts';
import { jittered } from './retry.ts';

interface Hold {
  until: number;
  reason: string;
  /** Holds in a row. */
  times: number;
  /** A probe is under way, and counts as lost after this time. Null: none is. */
  probeUntil: number | null;
}

/**
 * A probe whose connection died, or that was not begun, is repeated after this, or after a usual hold if that is
 * shorter.
 */
const PROBE_MS = 60_000;
/** Messages that are postponed while a probe is under way come back after this fraction of a hold. */
const PART_OF_HOLD = 20;
/** If no message that was refused before is left, any message may probe after this fraction of a hold. */
const ANY_PROBE_PART = 4;
const MAX_DOUBLINGS = 3;

export class DomainHolds {
  #clock: Clock;
  /** The usual length of a hold. */
  #holdMs: number;
  #holds = new Map<string, Hold>();

  constructor(clock: Clock, holdMs: number) {
    this.#clock = clock;
    this.#holdMs = holdMs;
  }

  /** True when any domain is held; otherwise messages need no lookup of their domain. */
  get any(): boolean {
    return this.#holds.size > 0;
  }

  /** Returns how long the hold lasts from now; `news`: the domain was not held before. */
  hold(key: string, holdMs: number, reason: string): { ms: number; news: boolean } {
    const now = this.#clock.monotonic();
    const held = this.#holds.get(key);
    // Messages that were under way when the hold began get the same reply.
    if (held && held.until > now) return { ms: held.until - now, news: false };
    const times = (held?.times ?? 0) + 1;
    const ms = holdMs * 2 ** Math.min(times - 1, MAX_DOUBLINGS);
    this.#holds.set(key, { until: now + ms, reason, times, probeUntil: null });
    return { ms, news: true };
  }

  /** Null when a message may go now (as the probe, if one is due); otherwise for how long it is postponed, and why. */
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

  /** A message for it was accepted. One that was already under way when the hold began says nothing. */
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
