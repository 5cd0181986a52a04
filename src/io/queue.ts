/**
 * The bells on BullMQ, over Redis or PostgreSQL: the code does not branch beyond opening the connection.
 *
 * A bell's job id names issue, lane, slot and turn, and ringing what already waits does nothing; so there are never
 * more jobs than two per issue, lane and slot, and as many delayed ones. `attempts: 1`, and nothing is kept on
 * completion or failure, since re-adding a kept job id is a silent no-op. Losing all of it only delays a send: the
 * sweeper rings again from the ledger.
 */
import type { Job, WorkerOptions } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import type { Bell, Bells, Log } from '../delivery/ports.ts';

const NAME = 'postrider-bells';
/** Service mails go before everything: BullMQ takes jobs without a priority first. */
const ISSUE_PRIORITY = 10;
const USE_MS = 3_000;
const KEEP_NOTHING = { count: 0 };

export interface QueuePlace {
  /** A bell whose hearer was not heard of for this long rings again for another. */
  lockMs: number;
  /** The queue of record; null: BullMQ on the database. */
  redisUrl: string | null;
  databaseUrl: string;
}

/** How a queue and a worker are opened in one place; the rest does not know which it is. */
interface Backend {
  queue(): Promise<OpenQueue>;
  worker(hear: (bell: Bell) => Promise<void>, concurrency: number): Promise<BellWorker>;
  close(): Promise<void>;
}

interface OpenQueue {
  queue: BellQueue;
  /** The queue with its connection, which would else try again for ever. */
  close(): Promise<void>;
}

/** What we use of BullMQ's classes, the same for both of its backends. */
interface BellQueue {
  addBulk(jobs: ReturnType<typeof toJob>[]): Promise<unknown>;
  getJobCountByTypes(type: 'waiting'): Promise<number>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface BellWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
  close(): Promise<void>;
}

export function openBells(place: QueuePlace, log: Log): Bells {
  const backend = place.redisUrl === null ? onPostgres(place) : onRedis(place, place.redisUrl, log);
  const onError = (error: Error) => log.warn({ error: error.message }, 'the queue has a fault');
  // Opened with its first use, and anew after a fault: one that could not be reached at the start stays broken.
  let opened: Promise<OpenQueue> | null = null;
  const use = async <T>(act: (queue: BellQueue) => Promise<T>): Promise<T> => {
    opened ??= backend.queue().then((made) => {
      made.queue.on('error', onError);
      return made;
    });
    const used = opened;
    try {
      return await within(
        USE_MS,
        used.then(({ queue }) => act(queue)),
      );
    } catch (error) {
      if (opened === used) opened = null;
      used.then(({ close }) => close()).catch(onError);
      throw error;
    }
  };
  return {
    async ring(bells, delayMs = 0) {
      if (bells.length > 0) await use((queue) => queue.addBulk(bells.map((bell) => toJob(bell, delayMs))));
    },
    async listen(handler, concurrency) {
      const worker = await backend.worker(handler, concurrency);
      worker.on('error', onError);
      worker.on('failed', (_job, error) => log.error({ error: error.message }, 'a bell ended with an error'));
      return { stop: () => worker.close() };
    },
    healthy: () =>
      use((queue) => queue.getJobCountByTypes('waiting')).then(
        () => true,
        () => false,
      ),
    async close() {
      await within(
        USE_MS,
        Promise.resolve(opened).then((last) => last?.close()),
      ).catch(onError);
      await backend.close();
    },
  };
}

function toJob(bell: Bell, delayMs: number) {
  const id = `${bell.issue}-${bell.lane}-${bell.slot}-${bell.turn}${delayMs > 0 ? '-later' : ''}`;
  const delay = Math.round(delayMs);
  const priority = bell.issue === 0 ? {} : { priority: ISSUE_PRIORITY };
  return {
    name: 'bell',
    data: bell,
    opts: { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true, delay, ...priority },
  };
}

/** BullMQ and ioredis are loaded with their first use: most commands never ring. */
function onPostgres(place: QueuePlace): Backend {
  // BullMQ's own pool: LISTEN needs a session connection of its own, which it then opens beside the pool.
  const connection = { connectionString: place.databaseUrl, max: 4, migrate: true, keepAlive: true };
  return {
    async queue() {
      const { createPostgresBackend, Queue } = await import('bullmq');
      const queue = new Queue(NAME, { connection }, createPostgresBackend);
      return { queue, close: () => queue.close() };
    },
    async worker(hear, concurrency) {
      const { createPostgresBackend, Worker } = await import('bullmq');
      const options = { connection, ...workerOptions(place, concurrency) };
      return new Worker(NAME, (job: Job<Bell>) => hear(job.data), options, createPostgresBackend);
    },
    close: async () => {},
  };
}

function onRedis(place: QueuePlace, url: string, log: Log): Backend {
  const opened = new Set<Redis>();
  const connect = async (options: RedisOptions) => {
    const redis = await openRedis(url, log, options);
    opened.add(redis);
    return redis;
  };
  const disconnect = (redis: Redis) => {
    redis.disconnect();
    opened.delete(redis);
  };
  return {
    async queue() {
      const { Queue } = await import('bullmq');
      const connection = await connect({ maxRetriesPerRequest: 1, commandTimeout: 5_000 });
      const queue = new Queue(NAME, { connection });
      // BullMQ leaves a connection that it was given to who gave it.
      return { queue, close: () => queue.close().finally(() => disconnect(connection)) };
    },
    async worker(hear, concurrency) {
      const { Worker } = await import('bullmq');
      const connection = await connect({ maxRetriesPerRequest: null });
      return new Worker(NAME, (job: Job<Bell>) => hear(job.data), {
        connection,
        ...workerOptions(place, concurrency),
      });
    },
    async close() {
      for (const redis of opened) disconnect(redis);
    },
  };
}

/** Tries again for ever, with a line in the log each time: Redis may be away for an hour. */
export async function openRedis(url: string, log: Log, options: RedisOptions): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    ...options,
    retryStrategy: (times: number) => Math.min(times * 100, 2_000),
  });
  redis.on('error', (error: Error) => log.warn({ error: error.message }, 'Redis cannot be reached'));
  return redis;
}

/** A stalled bell may ring twice: it is only a bell. */
const workerOptions = (place: QueuePlace, concurrency: number): Omit<WorkerOptions, 'connection'> => ({
  concurrency,
  removeOnComplete: KEEP_NOTHING,
  removeOnFail: KEEP_NOTHING,
  maxStalledCount: 5,
  lockDuration: place.lockMs,
  stalledInterval: place.lockMs,
  drainDelay: 2,
});

/** BullMQ waits for ever for a queue that is away; nobody who rings should. */
async function within<T>(ms: number, act: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the queue did not answer within ${ms / 1_000} s`)), ms);
  });
  return Promise.race([act, late]).finally(() => clearTimeout(timer));
}
