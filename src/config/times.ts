/** POSTRIDER_TIMES: `name=duration` pairs over the defaults of the ledger's rules (tests use short ones). */
import { BadValue } from './reader.ts';

/** All in milliseconds. */
export interface Times {
  heartbeatMs: number;
  leaseMs: number;
  sweepMs: number;
  /** Waits before the 2nd, 3rd, ... attempt; the last repeats. Each +-20 %. */
  retryMs: readonly number[];
  dotMs: number;
  /** How long SIGTERM waits for what is on the wire. */
  drainMs: number;
  /** A dot goes out at most this long after its mark was asked. */
  markFreshMs: number;
  /** Age limit from the first attempt. */
  expireMs: number;
  /** How long a throttled lane is held; where a provider asks for more or less, in proportion to 10 minutes. */
  holdMs: number;
  /** A lane that recovers gets one connection more in this time. */
  growMs: number;
  /** The first backoff from a relay that wants us slower; a quota of an hour is in proportion to a minute. */
  backoffMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: 24 * HOUR };

export const defaultTimes: Times = {
  heartbeatMs: 5 * SECOND,
  leaseMs: 30 * SECOND,
  sweepMs: 10 * SECOND,
  retryMs: [10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR],
  dotMs: 600 * SECOND,
  drainMs: 30 * SECOND,
  markFreshMs: 2 * SECOND,
  expireMs: 48 * HOUR,
  holdMs: 10 * MINUTE,
  growMs: MINUTE,
  backoffMs: MINUTE,
};

const SINGLE: Readonly<Record<string, Exclude<keyof Times, 'retryMs'>>> = {
  heartbeat: 'heartbeatMs',
  lease: 'leaseMs',
  sweep: 'sweepMs',
  dot: 'dotMs',
  drain: 'drainMs',
  fresh: 'markFreshMs',
  expire: 'expireMs',
  hold: 'holdMs',
  grow: 'growMs',
  rest: 'backoffMs',
};

export function parseTimes(text: string): Times {
  const times: Times = { ...defaultTimes };
  for (const pair of text.split(/\s+/)) setTime(times, pair);
  if (times.leaseMs <= times.heartbeatMs)
    throw new BadValue(
      `expected a lease longer than a heartbeat, found ${times.leaseMs} ms and ${times.heartbeatMs} ms`,
    );
  // A dot may follow its mark this late; by the end of the lease the delivery may be somebody else's.
  if (times.markFreshMs >= times.leaseMs)
    throw new BadValue(
      `expected a lease longer than fresh, found ${times.leaseMs} ms and ${times.markFreshMs} ms`,
    );
  return times;
}

function setTime(times: Times, pair: string): void {
  const at = pair.indexOf('=');
  const name = pair.slice(0, Math.max(at, 0));
  const value = pair.slice(at + 1);
  const single = Object.hasOwn(SINGLE, name) ? SINGLE[name] : undefined;
  if (single) times[single] = duration(value, pair);
  else if (name === 'retry') times.retryMs = value.split(',').map((wait) => duration(wait, pair));
  else
    throw new BadValue(
      `expected name=duration with ${Object.keys(SINGLE).join(', ')} or retry, found "${pair}"`,
    );
}

function duration(text: string, pair: string): number {
  const match = /^(\d{1,9}(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const ms = match ? Math.round(Number(match[1]) * UNITS[match[2]!]!) : 0;
  if (ms > 0) return ms;
  throw new BadValue(`expected a duration such as 500ms, 30s, 2m or 48h, found "${pair}"`);
}
