/** POSTRIDER_TIMES: `name=duration` pairs that override the defaults (tests use short ones). */
import { BadValue } from './reader.ts';

/** All in milliseconds. */
export interface Times {
  heartbeatMs: number;
  leaseMs: number;
  sweepMs: number;
  /** The waits before the 2nd, 3rd, ... attempt; the last one repeats. Each varies by +-20 %. */
  retryMs: readonly number[];
  dotMs: number;
  /** How long a stopped worker waits for messages that are being handed over. */
  drainMs: number;
  /** The final dot is written at most this long after its mark was requested. */
  markFreshMs: number;
  /** A delivery expires this long after its first attempt. */
  expireMs: number;
  /** How long a throttled lane is held. Providers that need longer or shorter holds scale with it. */
  holdMs: number;
  /** A recovering lane gets one more connection each time this has passed. */
  growMs: number;
  /** The first backoff from a relay that asks us to slow down. Backoffs for longer quotas scale with it. */
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
  // The dot may follow its mark this late, and after the lease the delivery may belong to another worker.
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
