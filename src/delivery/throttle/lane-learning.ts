/**
 * What replies teach of lanes: a throttled lane is held and goes on with fewer connections, one that takes mail again
 * gets more. It holds here at once, and in every other process when the ledger has it.
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
  /** How long a throttled lane is held; rules that ask for more or less do so in proportion to 10 minutes. */
  holdMs: number;
  /** A lane that recovers gets one connection more in this time. */
  growMs: number;
}

/** The holds in the table of replies are written for this base. */
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
    /** Connections of a relay per process. */
    poolOf(relay: string): number;
    /** The ledger has something new of a lane. */
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
   * The lane was throttled, by a reply to a message that began under version `seen`. Returns in how many
   * milliseconds that delivery should be tried again.
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

  /** A small domain was throttling. Returns in how many milliseconds that delivery should be tried again. */
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

  /** What the database did not take is learned again from the next reply. */
  #store(throttle: LaneThrottle, act: () => Promise<boolean>): void {
    throttle.storing = true;
    void act()
      .catch((error: Error) =>
        this.#log.warn(
          { lane: throttle.lane, error: error.message },
          'what a reply taught of a lane could not be stored',
        ),
      )
      .then(async () => {
        throttle.storing = false;
        await this.#onStored();
      })
      .catch(() => {});
  }
}
