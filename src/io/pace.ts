/**
 * Limits the rate of a relay across all processes, with rate-limiter-flexible in Redis or PostgreSQL. Tokens are issued
 * in windows of at most 100 ms (or of one token, for slow relays), so that the tokens of two seconds are never used
 * within one.
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
/** While the store is away. */
const RETRY_MS = 1_000;

/** The library's script with `PX` instead of `EX`, so that its duration is in milliseconds instead of whole seconds. */
const COUNT_IN_WINDOW = `
redis.call('set', KEYS[1], 0, 'PX', ARGV[2], 'NX')
local consumed = redis.call('incrby', KEYS[1], ARGV[1])
return {consumed, redis.call('pttl', KEYS[1])}`;

/** `keyPrefix`: for our keys in Redis, which other installations may share. */
export type PaceStore = { redis: Redis; keyPrefix: () => Promise<string> } | { pool: pg.Pool };

export function openPace(store: PaceStore, relays: readonly RelaySettings[], clock: Clock, log: Log): Pace {
  const limiters = new Map<string, { rate: number; limit: () => Promise<RateLimiterAbstract> }>();
  const setRate = (relay: string, rate: number) => {
    if (limiters.get(relay)?.rate === rate) return;
    if (rate > 0) limiters.set(relay, { rate, limit: lazily(() => limiter(store, rate)) });
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

/** 0: we have the token. Otherwise how long to wait before asking again, also while the store is away. */
async function waitFor(limit: () => Promise<RateLimiterAbstract>, relay: string, log: Log): Promise<number> {
  try {
    await (await limit()).consume(relay);
    return 0;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext) + Math.random() * 5;
    log.warn(
      { relay, error: (refusal as Error).message },
      'the rate limit of a relay cannot be checked; nothing goes to it until it can',
    );
    return RETRY_MS;
  }
}

/** Created on first use, and again after a failure: the database that the key prefix comes from may be away. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
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
