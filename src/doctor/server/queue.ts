/** Redis as the queue: losing it only delays a send, so most of this is about delays. */
import { type Check, error, type Finding, ok, warning } from '../check/check.ts';
import type { RedisFacts } from '../check/situation.ts';

export const queueCheck: Check = {
  name: 'queue',
  limitMs: 10_000,
  async run({ redis }) {
    if (redis === null) return [ok('queue', 'a queue', 'in PostgreSQL (REDIS_URL is not set)')];
    let facts: RedisFacts;
    try {
      facts = await redis();
    } catch (cause) {
      return [
        error({
          subject: 'REDIS_URL',
          expected: 'Redis answers',
          found: (cause as Error).message || 'no answer',
          change: 'check REDIS_URL (user, password, TLS), and that Redis runs and can be reached',
        }),
      ];
    }
    const { software, version, usedMemory, clients } = facts;
    const found = `${software} ${version}, ${Math.ceil(usedMemory / 1_048_576)} MB, ${clients} clients`;
    return [
      ok(software, 'Redis 6.2 or newer, or Valkey', found),
      ...RULES.flatMap((rule) => rule(facts) ?? []),
    ];
  },
};

/** Of `maxmemory` and `maxclients`. */
const NEARLY_FULL = 0.9;

const RULES: readonly ((facts: RedisFacts) => Finding | null)[] = [
  ({ software, version }) =>
    software === 'Valkey' || isAtLeast(version, [6, 2])
      ? null
      : error({
          subject: software,
          expected: 'Redis 6.2 or newer, or Valkey',
          found: version,
          change: 'upgrade it',
        }),
  ({ role }) =>
    role === 'master'
      ? null
      : error({
          subject: 'REDIS_URL',
          expected: 'a Redis that can be written to',
          found: `a replica (role ${role})`,
          change: 'point REDIS_URL to the primary',
        }),
  ({ cluster }) =>
    cluster
      ? error({
          subject: 'REDIS_URL',
          expected: 'a single Redis',
          found: 'a node of a cluster',
          change: 'use a Redis with cluster-enabled no: the queue is small',
        })
      : null,
  ({ evictionPolicy }) =>
    evictionPolicy === 'noeviction'
      ? null
      : error({
          subject: 'maxmemory-policy',
          expected: 'noeviction',
          found: `${evictionPolicy ?? 'not told'}: a full Redis throws wake-ups away, which delays sends`,
          change: 'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf',
        }),
  ({ appendOnly }) =>
    appendOnly
      ? null
      : warning({
          subject: 'appendonly',
          expected: 'yes',
          found: 'no: a restart of Redis forgets wake-ups, and sends wait for the next sweep',
          change: 'CONFIG SET appendonly yes, and the same in redis.conf',
        }),
  ({ persists }) =>
    persists
      ? null
      : error({
          subject: 'Redis',
          expected: 'its last write to the disk succeeded',
          found: 'it failed; Redis may refuse every write until one succeeds',
          change: 'look at the log of Redis, and at the free space of its disk',
        }),
  ({ maxMemory, usedMemory }) =>
    maxMemory === 0 || usedMemory < maxMemory * NEARLY_FULL
      ? null
      : warning({
          subject: 'maxmemory',
          expected: 'some room',
          found: `${usedMemory} of ${maxMemory} bytes are in use`,
          change: 'raise maxmemory, or give Postrider a Redis of its own',
        }),
  ({ clients, maxClients }) =>
    maxClients === null || clients < maxClients * NEARLY_FULL
      ? null
      : warning({
          subject: 'maxclients',
          expected: 'some room',
          found: `${clients} of ${maxClients} are connected`,
          change: 'raise maxclients in redis.conf',
        }),
];

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [x = 0, y = 0] = version.split('.').map(Number);
  return x > major || (x === major && y >= minor);
}
