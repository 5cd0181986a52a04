/**
 * Keeps up the throttles of all lanes in one process: looks once a second at what all processes learned and an operator
 * set, claims this process's share of limited lanes, and tells the ledger what replies teach.
 */
import type { Db } from '../../db/connection.ts';
import { claimLane, reserveSends } from '../../ledger/lanes/claims.ts';
import {
  endProbe,
  growLane,
  type LaneLimit,
  type LaneState,
  readLaneLimits,
  readLaneStates,
  throttleLane,
} from '../../ledger/lanes/states.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import type { Clock, Log, RelaySettings } from '../../ports.ts';
import { type LaneHold, withoutAddresses } from '../replies/classify.ts';
import { DomainHolds } from './domain-holds.ts';
import { directStart } from './lane-starts.ts';
import { LaneThrottle, type ThrottleLimits } from './lane-throttle.ts';
import { jittered } from './retry.ts';

export interface LaneTimes {
  /** How long a throttled lane is held; rules that ask for more or less do so in proportion to 10 minutes. */
  holdMs: number;
  /** A lane that recovers gets one connection more in this time. */
  growMs: number;
}

/** How often the lanes are looked at. */
export const LOOK_MS = 1_000;
/** A share is given up when it was not claimed again for this long. */
const CLAIM_MS = 3 * LOOK_MS;
/** A rate is looked at again after this at the soonest. */
const SHORTEST_MS = 5;
/** The rules' holds are written for this base. */
const BASE_HOLD_MS = 600_000;

type RelayView = Pick<RelaySettings, 'name' | 'pool'>;

export class LaneThrottles {
  #db: Db;
  #clock: Clock;
  #log: Log;
  #times: LaneTimes;
  #workerId: () => number;
  #relays: ReadonlyMap<string, RelayView>;
  #isDirect: (relay: string) => boolean;
  /** By relay and lane: asked with every message, so no key is put together for it. */
  #throttles = new Map<string, Map<string, LaneThrottle>>();
  /** Of the lane of all small providers, by relay and domain. */
  readonly domains: DomainHolds;
  #states: readonly LaneState[] = [];
  #limits: readonly LaneLimit[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #listeners: (() => void)[] = [];
  #naps = new Set<AbortController>();
  #closed = false;

  constructor(parts: {
    db: Db;
    clock: Clock;
    log: Log;
    times: LaneTimes;
    workerId: () => number;
    relays: readonly { settings: RelayView }[];
    /** Whether a relay delivers to the providers itself, as it is set now. */
    isDirect(relay: string): boolean;
  }) {
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#times = parts.times;
    this.#workerId = parts.workerId;
    this.#isDirect = (relay) => parts.isDirect(relay);
    this.domains = new DomainHolds(parts.clock, parts.times.holdMs);
    this.#relays = new Map(parts.relays.map(({ settings }) => [settings.name, settings]));
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
      this.#learn(throttle);
    }
    return throttle;
  }

  *#all(): Generator<LaneThrottle> {
    for (const lanes of this.#throttles.values()) yield* lanes.values();
  }

  /** Called when a throttle may have opened. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Looks anew; several that ask at the same moment share one look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const teaching = new Set([...this.#all()].filter((throttle) => throttle.teaching));
    [this.#states, this.#limits] = await Promise.all([readLaneStates(this.#db), readLaneLimits(this.#db)]);
    this.#lookedAt = this.#clock.monotonic();
    this.domains.forgetOld();
    for (const throttle of this.#all())
      if (!throttle.teaching && !teaching.has(throttle)) this.#learn(throttle);
    for (const throttle of this.#all()) if (!throttle.open) await this.#keepUp(throttle);
    this.#tell();
    for (const throttle of this.#all()) if (throttle.waiting > 0) void this.pump(throttle);
  }

  #learn(throttle: LaneThrottle): void {
    const { relay, lane } = throttle;
    const state = this.#states.find((s) => s.relay === relay && s.lane === lane) ?? null;
    const since = this.#clock.monotonic() - this.#lookedAt;
    const aged = state && { ...state, heldMs: state.heldMs - since, sinceMs: state.sinceMs + since };
    throttle.learn(aged, this.#limitsOf(relay, lane), this.#clock.monotonic());
  }

  /** What is set for this relay goes before what is set for all, and that before what a direct relay starts with. */
  #limitsOf(relay: string, lane: string): ThrottleLimits {
    const here = this.#limits.find((limit) => limit.lane === lane && limit.relay === relay);
    const everywhere = this.#limits.find((limit) => limit.lane === lane && limit.relay === null);
    const start = this.#isDirect(relay) ? directStart(lane) : null;
    return {
      base: here?.connections ?? everywhere?.connections ?? start?.connections ?? null,
      rate: here?.rate ?? everywhere?.rate ?? start?.rate ?? null,
    };
  }

  /**
   * Whether a window of the lane may be leased now: how many deliveries at the most, or how long to wait first.
   * `probe`: the one that finds out whether the lane is taken again.
   */
  async enter(relay: string, lane: string): Promise<{ most: number; probe?: true } | { waitMs: number }> {
    if (this.#clock.monotonic() - this.#lookedAt > 2 * LOOK_MS) await this.look();
    const throttle = this.throttleOf(relay, lane);
    if (throttle.open) return { most: Number.POSITIVE_INFINITY };
    const heldMs = throttle.heldUntil - this.#clock.monotonic();
    if (heldMs > 0) return { waitMs: jittered(heldMs) };
    await this.#keepUp(throttle, 1);
    if (throttle.hasLimit && throttle.share === 0) return { waitMs: jittered(LOOK_MS) };
    const byRate =
      throttle.limits.rate === null ? Number.POSITIVE_INFINITY : Math.ceil(throttle.limits.rate * 5);
    const byShare = throttle.hasLimit ? throttle.share * 20 : Number.POSITIVE_INFINITY;
    return throttle.probing ? { most: 1, probe: true } : { most: Math.max(1, Math.min(byRate, byShare)) };
  }

  /** Claims a share for what is in use, waits, or is about to come. */
  async #keepUp(throttle: LaneThrottle, coming = 0): Promise<void> {
    const now = this.#clock.monotonic();
    const wanted = Math.min(
      this.#relays.get(throttle.relay)?.pool ?? 1,
      throttle.inUse + throttle.waiting + coming,
    );
    if (throttle.hasLimit && (wanted > 0 || throttle.share > 0) && !throttle.held(now))
      await this.#claim(throttle, wanted);
  }

  async #claim(throttle: LaneThrottle, wanted: number): Promise<void> {
    const { relay, lane, limits } = throttle;
    const askedAt = this.#clock.monotonic();
    const workerId = this.#workerId();
    const claim = { relay, lane, workerId, wanted, base: limits.base, forMs: CLAIM_MS };
    throttle.giveShare(await claimLane(this.#db, claim), askedAt + CLAIM_MS);
  }

  /**
   * Messages of a lane with a rate were submitted: tells the dispatcher whenever the next one may go, until none waits
   * any more. While all connections are busy telling is of no use: the first that comes free takes what may go.
   */
  async pump(throttle: LaneThrottle): Promise<void> {
    if (throttle.pumped || throttle.limits.rate === null) return;
    throttle.pumped = true;
    try {
      while (throttle.waiting > 0 && throttle.limits.rate !== null && !this.#closed) {
        if (throttle.needsSends) await this.#reserve(throttle);
        await this.#nap(Math.max(SHORTEST_MS, throttle.nextSend - this.#clock.monotonic()));
        if (throttle.nextSend <= this.#clock.monotonic()) await this.#tellUntilTaken(throttle);
      }
    } catch (error) {
      this.#log.warn(
        { lane: throttle.lane, error: (error as Error).message },
        'the rate of a lane is not known',
      );
    } finally {
      throttle.pumped = false;
    }
  }

  /** Tells, and comes back when one was taken. */
  async #tellUntilTaken(throttle: LaneThrottle): Promise<void> {
    const taken = new AbortController();
    throttle.onTake = () => taken.abort();
    const nap = this.#nap(LOOK_MS, taken);
    this.#tell();
    await nap;
    throttle.onTake = null;
  }

  /** Ends early when the keeper closes. */
  async #nap(ms: number, over = new AbortController()): Promise<void> {
    if (this.#closed) return;
    this.#naps.add(over);
    await this.#clock.sleep(ms, over.signal);
    this.#naps.delete(over);
  }

  /** Watches no rate any more. */
  close(): void {
    this.#closed = true;
    for (const nap of this.#naps) nap.abort();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Half a second's worth, so that a process that dies wastes little, and an idle one keeps none from others. */
  async #reserve(throttle: LaneThrottle): Promise<void> {
    const { rate } = throttle.limits;
    if (rate === null) return;
    const count = Math.max(1, Math.min(Math.ceil(rate / 2), throttle.waiting + 1));
    const inMs = await reserveSends(this.#db, throttle.relay, throttle.lane, { rate, count });
    throttle.giveSends(count, this.#clock.monotonic() + inMs);
  }

  /**
   * The lane was throttled, by a reply to a message that began under version `seen`. Returns in how many
   * milliseconds that delivery should be tried again.
   */
  throttled(throttle: LaneThrottle, seen: number, hold: LaneHold, reply: string): number {
    const now = this.#clock.monotonic();
    const holdMs = (hold.holdMs / BASE_HOLD_MS) * this.#times.holdMs;
    if (seen === throttle.version && !throttle.teaching) {
      const { inUse } = throttle;
      const known = { relay: throttle.relay, lane: throttle.lane, version: seen };
      throttle.hold(now, holdMs);
      const { base } = throttle.limits;
      const reason = withoutAddresses(reply);
      this.#log.warn(
        { relay: throttle.relay, lane: throttle.lane, holdMs, reason },
        'a lane is throttled; holding it',
      );
      this.#teach(throttle, () =>
        throttleLane(this.#db, known, { inUse, base, fromOne: hold.fromOne, holdMs, reason }),
      );
    }
    return jittered(Math.max(throttle.heldUntil - now, holdMs));
  }

  /** How long a usual throttle holds a lane, in this process's times. */
  get holdMs(): number {
    return this.#times.holdMs;
  }

  /** One of all the small domains was throttling. Returns when that delivery should be tried again. */
  domainThrottled(relay: string, domain: string, hold: LaneHold, reply: string): number {
    const holdMs = (hold.holdMs / BASE_HOLD_MS) * this.#times.holdMs;
    const reason = withoutAddresses(reply);
    const held = this.domains.hold(`${relay} ${domain}`, holdMs, reason);
    if (held.news)
      this.#log.warn({ relay, domain, holdMs: held.ms, reason }, 'a domain is throttled; holding it');
    return jittered(held.ms);
  }

  /** A message of a lane that is not open was accepted. */
  accepted(throttle: LaneThrottle, seen: number): void {
    const now = this.#clock.monotonic();
    if (seen !== throttle.version || throttle.teaching || throttle.held(now)) return;
    const known = { relay: throttle.relay, lane: throttle.lane, version: seen };
    if (throttle.probing) this.#teach(throttle, () => endProbe(this.#db, known));
    else if (throttle.connections !== null && now - throttle.changedAt >= this.#times.growMs)
      this.#teach(throttle, () => this.#grow(throttle, known));
  }

  async #grow(throttle: LaneThrottle, known: Parameters<typeof growLane>[1]): Promise<boolean> {
    const pool = this.#relays.get(throttle.relay)?.pool ?? 1;
    const ceiling = throttle.limits.base ?? pool * Math.max(1, await liveWorkers(this.#db));
    return growLane(this.#db, known, { everyMs: this.#times.growMs, ceiling });
  }

  /** What the database did not take is taught again by the next reply. */
  #teach(throttle: LaneThrottle, act: () => Promise<boolean>): void {
    throttle.teaching = true;
    void act()
      .catch((error: Error) =>
        this.#log.warn(
          { lane: throttle.lane, error: error.message },
          'what a reply taught could not be stored',
        ),
      )
      .then(async () => {
        throttle.teaching = false;
        await this.#looking;
        await this.look();
      })
      .catch(() => {});
  }
}
