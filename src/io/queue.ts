/**
 * The wake-up queue on BullMQ, over Redis or PostgreSQL. Only opening the connection differs.
 *
 * The job id of a wake-up is its issue, lane, slot and turn, and adding one that already waits does nothing. So there are
 * at most two jobs per issue, lane and slot, and as many delayed ones. `attempts: 1`, and nothing is kept on completion
 * or failure, since re-adding a kept job id is a silent no-op. Losing the whole queue only delays a send: housekeeping
 * wakes the workers again from the ledger.
 */
import type { Job, WorkerOptions } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import type { Log, WakeUp, WakeUpQueue } from '../ports.ts';
import { OutageLog } from './outage-log.ts';

const NAME = 'postrider-wake-ups';
/** Service mails go first: BullMQ takes jobs without a priority before all others. */
const ISSUE_PRIORITY = 10;
const ANSWER_MS = 3_000;
const HEALTH_KEY_SECONDS = 60;
const KEEP_NOTHING = { count: 0 };

export interface QueueSettings {
  /** A wake-up whose worker is silent for this long goes to another worker. */
  lockMs: number;
  /** Null: the queue lives in the database. */
  redisUrl: string | null;
  databaseUrl: string;
  /** For our keys in Redis, which other installations may share. */
  keyPrefix: () => Promise<string>;
}

type Handler = (wakeUp: WakeUp) => Promise<void>;

/** Opens queues and workers on Redis or on PostgreSQL. */
interface Backend {
  queue(): Promise<OpenQueue>;
  worker(handle: Handler, concurrency: number): Promise<OpenWorker>;
  close(): Promise<void>;
}

interface OpenQueue {
  queue: BullQueue;
  /** A harmless write: a read-only queue could not wake anybody. */
  write(): Promise<unknown>;
  /** Closes the connection too, which would otherwise reconnect for ever. */
  close(): Promise<void>;
}

interface OpenWorker {
  worker: BullWorker;
  /** Fails what the worker still waits for: BullMQ waits for ever for an answer of a queue that is away. */
  abandon(): void;
}

/** The parts of BullMQ's classes that we use, the same for both of its backends. */
interface BullQueue {
  addBulk(jobs: ReturnType<typeof toJob>[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface BullWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
  close(): Promise<void>;
}

export function openWakeUpQueue(place: QueueSettings, log: Log): WakeUpQueue {
  const backend = place.redisUrl === null ? onPostgres(place) : onRedis(place, place.redisUrl, log);
  const outage = new OutageLog(log, 'the queue');
  const onError = (error: Error) => outage.failed(error);
  // Opened on first use, and again after a failure: a queue that was away at its start stays broken.
  let opened: Promise<OpenQueue> | null = null;
  const use = async <T>(act: (open: OpenQueue) => Promise<T>): Promise<T> => {
    opened ??= backend.queue().then((made) => {
      made.queue.on('error', onError);
      return made;
    });
    const used = opened;
    try {
      const done = await withTimeout(ANSWER_MS, used.then(act));
      outage.back();
      return done;
    } catch (error) {
      if (opened === used) opened = null;
      used.then(({ close }) => close()).catch(onError);
      throw error;
    }
  };
  const inTime = (closed: Promise<void>) =>
    withTimeout(ANSWER_MS, closed).then(
      () => true,
      (error) => {
        onError(error);
        return false;
      },
    );
  return {
    async wake(wakeUps, delayMs = 0) {
      if (wakeUps.length > 0)
        await use(({ queue }) => queue.addBulk(wakeUps.map((wakeUp) => toJob(wakeUp, delayMs))));
    },
    async handle(handler, concurrency) {
      const inHand = new Set<Promise<void>>();
      const handle: Handler = (wakeUp) => {
        const handled = handler(wakeUp).finally(() => inHand.delete(handled));
        inHand.add(handled);
        return handled;
      };
      const { worker, abandon } = await backend.worker(handle, concurrency);
      worker.on('error', onError);
      worker.on('failed', (_job, error) => log.error({ error: error.message }, 'a wake-up failed'));
      const idle = async () => {
        while (inHand.size > 0) await Promise.allSettled(inHand);
      };
      return {
        async stop() {
          const closed = worker.close();
          await idle();
          if (await inTime(closed)) return;
          await idle();
          abandon();
          await inTime(closed);
        },
      };
    },
    healthy: () =>
      use((open) => open.write()).then(
        () => true,
        () => false,
      ),
    async close() {
      await withTimeout(
        ANSWER_MS,
        Promise.resolve(opened).then((last) => last?.close()),
      ).catch(onError);
      await backend.close();
    },
  };
}

function toJob(wakeUp: WakeUp, delayMs: number) {
  const id = `${wakeUp.issue}-${wakeUp.lane}-${wakeUp.slot}-${wakeUp.turn}${delayMs > 0 ? '-later' : ''}`;
  const delay = Math.round(delayMs);
  const priority = wakeUp.issue === 0 ? {} : { priority: ISSUE_PRIORITY };
  return {
    name: 'wake-up',
    data: wakeUp,
    opts: { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true, delay, ...priority },
  };
}

/** BullMQ and ioredis are loaded on first use: most commands never wake a worker. */
function onPostgres(place: QueueSettings): Backend {
  // BullMQ's own pool: beside it, it opens the session connection that LISTEN needs.
  const connection = { connectionString: place.databaseUrl, max: 4, migrate: true, keepAlive: true };
  return {
    async queue() {
      const { createPostgresBackend, Queue } = await import('bullmq');
      const queue = new Queue(NAME, { connection }, createPostgresBackend);
      // The queue is in our database, which has a check of its own for being read-only.
      return { queue, write: () => queue.getJobCountByTypes('waiting'), close: () => queue.close() };
    },
    async worker(handle, concurrency) {
      const { createPostgresBackend, Worker } = await import('bullmq');
      const options = { connection, ...workerOptions(place, concurrency) };
      const worker = new Worker(NAME, (job: Job<WakeUp>) => handle(job.data), options, createPostgresBackend);
      return { worker, abandon: () => {} };
    },
    close: async () => {},
  };
}

function onRedis(place: QueueSettings, url: string, log: Log): Backend {
  const opened = new Set<Redis>();
  const connect = async (options: RedisOptions) => {
    const { openRedis } = await import('./redis.ts');
    const redis = openRedis(url, log, options);
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
      const prefix = await place.keyPrefix();
      const queue = new Queue(NAME, { connection, prefix });
      const write = () => connection.set(`${prefix}:health`, Date.now(), 'EX', HEALTH_KEY_SECONDS);
      // BullMQ does not close a connection that it was given.
      return { queue, write, close: () => queue.close().finally(() => disconnect(connection)) };
    },
    async worker(handle, concurrency) {
      const { Worker } = await import('bullmq');
      const connection = await connect({ maxRetriesPerRequest: null });
      const options = { connection, prefix: await place.keyPrefix(), ...workerOptions(place, concurrency) };
      const worker = new Worker(NAME, (job: Job<WakeUp>) => handle(job.data), options);
      return { worker, abandon: () => disconnect(connection) };
    },
    async close() {
      for (const redis of opened) disconnect(redis);
    },
  };
}

/** A stalled wake-up may be handled twice; that does no harm. */
const workerOptions = (place: QueueSettings, concurrency: number): Omit<WorkerOptions, 'connection'> => ({
  concurrency,
  removeOnComplete: KEEP_NOTHING,
  removeOnFail: KEEP_NOTHING,
  maxStalledCount: 5,
  lockDuration: place.lockMs,
  stalledInterval: place.lockMs,
  drainDelay: 2,
});

/** BullMQ waits forever for a queue that is away; our callers must not. */
async function withTimeout<T>(ms: number, act: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the queue did not answer within ${ms / 1_000} s`)), ms);
  });
  return Promise.race([act, late]).finally(() => clearTimeout(timer));
}
