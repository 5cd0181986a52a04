/**
 * The throttles of all lanes in one process: once a second it reads what all processes have learned and an operator has
 * set, and claims this process's share of limited lanes.
 */
import type { Db } from '../../db/connection.ts';
import { claimLane } from '../../ledger/lanes/claims.ts';
import { type LaneLimit, type LaneState, readLaneLimits, readLaneStates } from '../../ledger/lanes/states.ts';
import type { Clock, Log, RelaySettings } from '../../ports.ts';
import { DomainHolds } from './domain-holds.ts';
import { LaneLearning, type LaneTimes } from './lane-learning.ts';
import { LaneRates } from './lane-rates.ts';
import { directStart } from './lane-starts.ts';
import { LaneThrottle, type ThrottleLimits } from './lane-throttle.ts';
import { jittered } from './retry.ts';

/** How often the lanes are read. */
export const LOOK_MS = 1_000;
/** A share expires when it was not renewed for this long. */
const CLAIM_MS = 3 * LOOK_MS;
/** Size of a batch of a limited lane: what its rate lets through in a few seconds, and some messages per connection. */
const MAX_SECONDS_OF_RATE = 5;
const MAX_PER_CONNECTION = 20;

type RelayView = Pick<RelaySettings, 'name' | 'pool'>;

export class LaneThrottles {
  #db: Db;
  #clock: Clock;
  #workerId: () => number;
  #relays: ReadonlyMap<string, RelayView>;
  #isDirect: (relay: string) => boolean;
  /** By relay, then lane: looked up for every message, so no combined key is built. */
  #throttles = new Map<string, Map<string, LaneThrottle>>();
  #states: readonly LaneState[] = [];
  #limits: readonly LaneLimit[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #listeners: (() => void)[] = [];
  #rates: LaneRates;
  /** How long a usual throttle holds a lane, by this process's configured times. */
  readonly holdMs: number;
  /** Holds in the lane of all small providers, by relay and domain. */
  readonly domains: DomainHolds;
  /** Applies what replies teach. */
  readonly learning: LaneLearning;

  constructor(parts: {
    db: Db;
    clock: Clock;
    log: Log;
    times: LaneTimes;
    workerId: () => number;
    relays: readonly { settings: RelayView }[];
    /** Whether a relay delivers to the providers itself, by its current settings. */
    isDirect(relay: string): boolean;
  }) {
    const { db, clock, log, times } = parts;
    this.#db = db;
    this.#clock = clock;
    this.#workerId = parts.workerId;
    this.#isDirect = (relay) => parts.isDirect(relay);
    this.#relays = new Map(parts.relays.map(({ settings }) => [settings.name, settings]));
    this.#rates = new LaneRates({ db, clock, log, onReady: () => this.#notify() });
    this.holdMs = times.holdMs;
    this.domains = new DomainHolds(clock, times.holdMs);
    this.learning = new LaneLearning({
      db,
      clock,
      log,
      times,
      domains: this.domains,
      poolOf: (relay) => this.#poolOf(relay),
      onStored: () => this.#lookAgain(),
    });
  }

  throttleOf(relay: string, lane: string): LaneThrottle {
    let lanes = this.#throttles.get(relay);
    if (!lanes) {
      lanes = new Map();
      this.#throttles.set(relay, lanes);
    }
    let throttle = lanes.get(lane);
    if (!throttle) {
      throttle = new LaneThrottle(relay, lane);
      lanes.set(lane, throttle);
      this.#update(throttle);
    }
    return throttle;
  }

  /** Called when a message of some lane that had to wait may go. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Messages of a lane were submitted: if it has a rate, notifies whenever the next one may go, until none waits. */
  async watchRate(throttle: LaneThrottle): Promise<void> {
    await this.#rates.watch(throttle);
  }

  /** Stops watching rates. */
  close(): void {
    this.#rates.close();
  }

  /** Reads the lanes again; concurrent callers share one read. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const storing = new Set([...this.#all()].filter((throttle) => throttle.storing));
    [this.#states, this.#limits] = await Promise.all([readLaneStates(this.#db), readLaneLimits(this.#db)]);
    this.#lookedAt = this.#clock.monotonic();
    this.domains.dropOld();
    // What was being stored when this read began may be missing from it.
    for (const throttle of this.#all())
      if (!throttle.storing && !storing.has(throttle)) this.#update(throttle);
    for (const throttle of this.#all()) if (!throttle.open) await this.#renewShare(throttle);
    this.#notify();
    for (const throttle of this.#all()) if (throttle.waiting > 0) void this.watchRate(throttle);
  }

  /** A read that began before the change does not include it. */
  async #lookAgain(): Promise<void> {
    await this.#looking;
    await this.look();
  }

  /**
   * Whether a batch of the lane may be leased now: at most how many deliveries, or how long to wait first. `probe`:
   * this batch finds out whether the lane accepts mail again.
   */
  async enter(
    relay: string,
    lane: string,
  ): Promise<{ maxDeliveries: number; probe?: true } | { waitMs: number }> {
    if (this.#clock.monotonic() - this.#lookedAt > 2 * LOOK_MS) await this.look();
    const throttle = this.throttleOf(relay, lane);
    if (throttle.open) return { maxDeliveries: Number.POSITIVE_INFINITY };
    const heldMs = throttle.heldUntil - this.#clock.monotonic();
    if (heldMs > 0) return { waitMs: jittered(heldMs) };
    await this.#renewShare(throttle, 1);
    const { hasLimit, share, limits } = throttle;
    if (hasLimit && share === 0) return { waitMs: jittered(LOOK_MS) };
    if (throttle.probing) return { maxDeliveries: 1, probe: true };
    const byRate =
      limits.rate === null ? Number.POSITIVE_INFINITY : Math.ceil(limits.rate * MAX_SECONDS_OF_RATE);
    const byShare = hasLimit ? share * MAX_PER_CONNECTION : Number.POSITIVE_INFINITY;
    return { maxDeliveries: Math.max(1, Math.min(byRate, byShare)) };
  }

  *#all(): Generator<LaneThrottle> {
    for (const lanes of this.#throttles.values()) yield* lanes.values();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #update(throttle: LaneThrottle): void {
    const { relay, lane } = throttle;
    const state = this.#states.find((s) => s.relay === relay && s.lane === lane) ?? null;
    const since = this.#clock.monotonic() - this.#lookedAt;
    const aged = state && { ...state, heldMs: state.heldMs - since, sinceMs: state.sinceMs + since };
    throttle.update(aged, this.#limitsOf(relay, lane), this.#clock.monotonic());
  }

  /**
   * Settings for this relay take precedence over settings for all relays, and those over what a direct relay starts
   * with.
   */
  #limitsOf(relay: string, lane: string): ThrottleLimits {
    const here = this.#limits.find((limit) => limit.lane === lane && limit.relay === relay);
    const everywhere = this.#limits.find((limit) => limit.lane === lane && limit.relay === null);
    const start = this.#isDirect(relay) ? directStart(lane) : null;
    return {
      base: here?.connections ?? everywhere?.connections ?? start?.connections ?? null,
      rate: here?.rate ?? everywhere?.rate ?? start?.rate ?? null,
    };
  }

  #poolOf(relay: string): number {
    return this.#relays.get(relay)?.pool ?? 1;
  }

  /** Claims a share for what is in use, waits, or is about to arrive. */
  async #renewShare(throttle: LaneThrottle, coming = 0): Promise<void> {
    const { relay, lane, limits } = throttle;
    const now = this.#clock.monotonic();
    const wanted = Math.min(this.#poolOf(relay), throttle.inUse + throttle.waiting + coming);
    if (!throttle.hasLimit || (wanted === 0 && throttle.share === 0) || throttle.held(now)) return;
    const workerId = this.#workerId();
    const claim = { relay, lane, workerId, wanted, base: limits.base, forMs: CLAIM_MS };
    throttle.giveShare(await claimLane(this.#db, claim), now + CLAIM_MS);
  }
}
