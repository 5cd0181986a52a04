/** Asks Redis about itself: by INFO, since CONFIG is often forbidden. */
import { Redis } from 'ioredis';
import type { RedisFacts } from '../../doctor/check/situation.ts';

const TIMEOUT_MS = 5_000;

/** Rejects when it does not answer in time, or refuses the login. */
export async function readRedisFacts(url: string): Promise<RedisFacts> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // A failed connection says so here, and again to whoever waits for it.
  let failed: Error | null = null;
  redis.on('error', (error: Error) => {
    failed ??= error;
  });
  try {
    await redis.connect();
    return factsOf(readInfo(await redis.info()));
  } catch (error) {
    throw failed ?? error;
  } finally {
    redis.disconnect();
  }
}

function readInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).map((line) => /^([^#:]+):(.*)$/.exec(line));
  return new Map(lines.filter((line) => line !== null).map(([, name = '', value = '']) => [name, value]));
}

function factsOf(info: Map<string, string>): RedisFacts {
  const number = (name: string) => Number(info.get(name) ?? 0);
  const valkey = info.get('valkey_version');
  return {
    software: valkey === undefined ? 'Redis' : 'Valkey',
    version: valkey ?? info.get('redis_version') ?? 'unknown',
    role: info.get('role') ?? 'unknown',
    evictionPolicy: info.get('maxmemory_policy') ?? null,
    appendOnly: info.get('aof_enabled') === '1',
    persists: info.get('aof_last_write_status') !== 'err' && info.get('rdb_last_bgsave_status') !== 'err',
    maxMemory: number('maxmemory'),
    usedMemory: number('used_memory'),
    clients: number('connected_clients'),
    maxClients: info.has('maxclients') ? number('maxclients') : null,
    cluster: info.get('redis_mode') === 'cluster',
  };
}
