/**
 * What replies teach about lanes: a throttled lane is held and resumes with fewer connections, one that accepts mail
 * again gets more. This applies here at once, and in every other process once the ledger has it.
 */
import type { Db } from '../../db/connection.ts';
import { endProbe, growLane, throttleLane } from '../../ledger/lanes/states.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import type { Clock, Log } from '../../ports.ts';
import { type LaneHold, withoutAddresses } from '../replies/classify.ts';
import type { DomainHolds } from './domain-holds.ts';
import type { LaneThrottle } from './lane-throttle.ts';
import { jittered } from './retry.ts';

export interface LaneTimes {
  /**
   * How long a throttled lane is held; rules that ask for longer or shorter holds scale with it, taking 10 minutes as
   * the norm.
   */
  holdMs: number;
  /** A recovering lane gets one more connection each time this has passed. */
  growMs: number;
}

/** The holds in the table of replies assume this base. */
const BASE_HOLD_MS = 600_000;

export class LaneLearning {
  #db: Db;
  #clock: Clock;
  #log: Log;
  #times: LaneTimes;
  #domains: DomainHolds;
  #poolOf: (relay: string) => number;
  #onStored: () => Promise<void>;

  constructor(parts: {
    db: Db;
    clock: Clock;
    log: Log;
    times: LaneTimes;
    domains: DomainHolds;
    /** A relay's connections per process. */
    poolOf(relay: string): number;
    /** Called when the ledger has new information about a lane. */
    onStored(): Promise<void>;
  }) {
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#times = parts.times;
    this.#domains = parts.domains;
    this.#poolOf = (relay) => parts.poolOf(relay);
    this.#onStored = () => parts.onStored();
  }

  /**
   * The lane was throttled, by a reply to a message that began under version `seen`. Returns in how many milliseconds
   * that delivery should be retried.
   */
  throttled(throttle: LaneThrottle, seen: number, hold: LaneHold, reply: string): number {
    const now = this.#clock.monotonic();
    const holdMs = this.#inOurTimes(hold);
    if (seen === throttle.version && !throttle.storing) this.#hold(throttle, hold, reply);
    return jittered(Math.max(throttle.heldUntil - now, holdMs));
  }

  #hold(throttle: LaneThrottle, hold: LaneHold, reply: string): void {
    const { relay, lane, version, inUse } = throttle;
    const { base } = throttle.limits;
    const { fromOne } = hold;
    const holdMs = this.#inOurTimes(hold);
    const reason = withoutAddresses(reply);
    throttle.hold(this.#clock.monotonic(), holdMs);
    this.#log.warn({ relay, lane, holdMs, reason }, 'a lane is throttled; holding it');
    this.#store(throttle, () =>
      throttleLane(this.#db, { relay, lane, version }, { inUse, base, fromOne, holdMs, reason }),
    );
  }

  /** A small domain is throttling. Returns in how many milliseconds that delivery should be retried. */
  domainThrottled(relay: string, domain: string, hold: LaneHold, reply: string): number {
    const reason = withoutAddresses(reply);
    const held = this.#domains.hold(`${relay} ${domain}`, this.#inOurTimes(hold), reason);
    if (held.news)
      this.#log.warn({ relay, domain, holdMs: held.ms, reason }, 'a domain is throttled; holding it');
    return jittered(held.ms);
  }

  /** A message of a lane that is not open was accepted. */
  accepted(throttle: LaneThrottle, seen: number): void {
    const now = this.#clock.monotonic();
    if (seen !== throttle.version || throttle.storing || throttle.held(now)) return;
    const { relay, lane } = throttle;
    const known = { relay, lane, version: seen };
    if (throttle.probing) this.#store(throttle, () => endProbe(this.#db, known));
    else if (throttle.connections !== null && now - throttle.changedAt >= this.#times.growMs)
      this.#store(throttle, () => this.#grow(throttle, known));
  }

  async #grow(throttle: LaneThrottle, known: Parameters<typeof growLane>[1]): Promise<boolean> {
    const pool = this.#poolOf(throttle.relay);
    const ceiling = throttle.limits.base ?? pool * Math.max(1, await liveWorkers(this.#db));
    return growLane(this.#db, known, { everyMs: this.#times.growMs, ceiling });
  }

  #inOurTimes({ holdMs }: LaneHold): number {
    return (holdMs / BASE_HOLD_MS) * this.#times.holdMs;
  }

  /** If the database cannot store it, the next reply teaches it again. */
  #store(throttle: LaneThrottle, act: () => Promise<boolean>): void {
    throttle.storing = true;
    void act()
      .catch((error: Error) =>
        this.#log.warn(
          { lane: throttle.lane, error: error.message },
          'could not store what a reply taught about a lane',
        ),
      )
      .then(async () => {
        throttle.storing = false;
        await this.#onStored();
      })
      .catch(() => {});
  }
}
