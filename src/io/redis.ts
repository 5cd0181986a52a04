/** Connections to Redis that outlive its outages, and can be closed in the middle of one. */
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../ports.ts';
import { OutageLog } from './outage-log.ts';

/** How a server that a fail-over has demoted to a replica answers a write or a blocked command. */
const DEMOTED = /^(READONLY|UNBLOCKED)\b/;
/** ioredis: reconnect and send the command again. */
const RECONNECT_AND_RESEND = 2;

/**
 * Reconnects forever, with a line in the log now and then: Redis may be away for an hour. After a fail-over we may
 * still be connected to a server that accepts no more writes; reconnecting leads to the new master.
 */
export function openRedis(url: string, log: Log, options: RedisOptions): Redis {
  const redis = new Redis(url, {
    ...options,
    reconnectOnError: ({ message }: Error) => (DEMOTED.test(message) ? RECONNECT_AND_RESEND : false),
    retryStrategy: (times: number) => Math.min(times * 100, 2_000),
  });
  endWhenDisconnected(redis);
  const outage = new OutageLog(log, 'Redis');
  redis.on('error', (error: Error) => outage.failed(error));
  redis.on('ready', () => outage.back());
  return redis;
}

/**
 * ioredis, told to disconnect while it waits to reconnect, drops its timer and nothing else: it never says `end`, and
 * commands in its queue are never answered. BullMQ waits for both when a worker closes, so a worker that was stopped
 * during an outage or a fail-over would never end.
 */
function endWhenDisconnected(redis: Redis): void {
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (reconnect = false) => {
    const waits = redis.status === 'reconnecting' && !reconnect;
    disconnect(reconnect);
    if (!waits) return;
    // An attempt that is called off before it opens a socket says `end`, and fails the queued commands.
    redis.connect().catch(() => {});
    disconnect();
  };
  // BullMQ makes its blocking connection so.
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = ((override) => {
    const twin = duplicate(override);
    endWhenDisconnected(twin as Redis);
    return twin;
  }) as Redis['duplicate'];
}
