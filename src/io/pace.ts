/**
 * A relay's rate, held over all processes together by rate-limiter-flexible in Redis or PostgreSQL. Tokens come in
 * windows of at most 100 ms (or of one token, for slow relays), so that no second ever sees two windows' worth of a
 * whole second.
 */
import type { Redis } from 'ioredis';
import type pg from 'pg';
import {
  type RateLimiterAbstract,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Clock, Log, Pace, RelaySettings } from '../ports.ts';

const WINDOW_MS = 100;

/** The library's own script with `PX` for `EX`: it knows whole seconds only, so its duration is given in milliseconds. */
const COUNT_IN_WINDOW = `
redis.call('set', KEYS[1], 0, 'PX', ARGV[2], 'NX')
local consumed = redis.call('incrby', KEYS[1], ARGV[1])
return {consumed, redis.call('pttl', KEYS[1])}`;

/** `keyPrefix`: what our keys in Redis begin with, since other installations may use the same one. */
export type PaceStore = { redis: Redis; keyPrefix: () => Promise<string> } | { pool: pg.Pool };

export function openPace(store: PaceStore, relays: readonly RelaySettings[], clock: Clock, log: Log): Pace {
  const limiters = new Map<string, { rate: number; limit: () => Promise<RateLimiterAbstract> }>();
  const setRate = (relay: string, rate: number) => {
    if (limiters.get(relay)?.rate === rate) return;
    if (rate > 0) limiters.set(relay, { rate, limit: once(() => limiter(store, rate)) });
    else limiters.delete(relay);
  };
  for (const { name, rate } of relays) setRate(name, rate);
  return {
    setRate,
    take: (relay, signal) => (limiters.has(relay) ? token(relay, signal) : true),
  };
  async function token(relay: string, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const limit = limiters.get(relay)?.limit;
      if (!limit) return true;
      const waitMs = await waitFor(limit, relay, log);
      if (waitMs === 0) return true;
      await clock.sleep(waitMs, signal);
    }
    return false;
  }
}

/** 0: the token is ours. Else how long to wait before asking again, also when the store is away. */
async function waitFor(limit: () => Promise<RateLimiterAbstract>, relay: string, log: Log): Promise<number> {
  try {
    await (await limit()).consume(relay);
    return 0;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext) + Math.random() * 5;
    log.warn({ relay, error: (refusal as Error).message }, 'the pace cannot be asked; waiting');
    return 1_000;
  }
}

/** Made with its first use, and again after a failure: the database that names our keys may be away. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error) => {
      made = null;
      throw error;
    });
    return made;
  };
}

async function limiter(store: PaceStore, rate: number): Promise<RateLimiterAbstract> {
  const points = Math.max(1, Math.floor((rate * WINDOW_MS) / 1_000));
  const windowMs = Math.ceil((points / rate) * 1_000);
  if ('redis' in store) {
    const customIncrTtlLuaScript = COUNT_IN_WINDOW;
    return new RateLimiterRedis({
      keyPrefix: `${await store.keyPrefix()}:pace`,
      points,
      duration: windowMs,
      storeClient: store.redis,
      customIncrTtlLuaScript,
    });
  }
  return new RateLimiterPostgres({
    keyPrefix: 'postrider-pace',
    points,
    duration: windowMs / 1_000,
    storeClient: store.pool,
    storeType: 'client',
    tableName: 'pace',
    tableCreated: true,
    clearExpiredByTimeout: false,
  });
}
