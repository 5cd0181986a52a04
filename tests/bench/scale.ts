/** How the way to the sink grows: with signatures, more workers, a distant relay, and a million readers. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { draft, ledgerSays, newsletterOf, send, untilSent } from './audience.ts';
import { startDistance } from './distance.ts';
import type { Harness, Worker, WorkerOptions } from './harness.ts';
import { load, median, usageOf } from './measure.ts';
import { type Options, round, type Sent, sendAndMeasure, type Tell } from './parts.ts';

/** With DKIM signatures of each kind, in turns with none. */
export async function dkimPart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  await newsletterOf(harness.program, 'signed', options.messages);
  const rsa = keyFile(harness, 'rsa');
  const ed25519 = keyFile(harness, 'ed25519');
  const kinds: Record<string, WorkerOptions> = {
    none: {},
    'RSA-2048': { relay: `dkim=example.org:rsa:${rsa}` },
    Ed25519: { relay: `dkim=example.org:ed:${ed25519}` },
    both: { relay: `dkim=example.org:rsa:${rsa},example.org:ed:${ed25519}` },
  };
  const found = await inTurns(harness, options, 'signed', kinds, options.messages);
  const unsigned = found.get('none')!;
  for (const [kind, sent] of found)
    tell(
      `  ${kind}: ${round(median(sent.map((one) => one.perSecond)))}/s, ${ratioOf(sent, unsigned)} of the rate without; worker ${median(sent.map((one) => one.cpuMs)).toFixed(3)} ms each`,
    );
}

function keyFile(harness: Harness, kind: 'rsa' | 'ed25519'): string {
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
  const { privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding, publicKeyEncoding })
      : generateKeyPairSync('ed25519', { privateKeyEncoding, publicKeyEncoding });
  const file = join(harness.folder, `${kind}.pem`);
  writeFileSync(file, privateKey, { mode: 0o600 });
  return file;
}

/** One, two and four worker processes over the same number of connections in all. */
export async function workersPart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  await newsletterOf(harness.program, 'shared', options.messages);
  const counts = [1, 2, 4];
  const found = new Map<number, Sent[]>(counts.map((count) => [count, []]));
  for (let pair = 1; pair <= options.pairs; pair++)
    for (const count of counts) {
      const pool = Math.ceil(options.connections / count);
      const workers: Worker[] = [];
      for (let n = 0; n < count; n++) workers.push(await harness.startWorker({ pool }));
      await sendAndMeasure(harness, 'shared', workers, options.messages);
      found.get(count)!.push(await sendAndMeasure(harness, 'shared', workers, options.messages));
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  const alone = found.get(1)!;
  for (const [count, sent] of found)
    tell(
      `  ${count} worker${count === 1 ? '' : 's'}: ${round(median(sent.map((one) => one.perSecond)))}/s, ${ratioOf(sent, alone)} of one worker's; all workers ${median(sent.map((one) => one.cpuMs)).toFixed(3)} ms each`,
    );
}

const LATENCY_MS = 50;

/** A relay 50 ms away: two round trips a message would make connections / (2 x latency). */
export async function latencyPart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  const distance = await startDistance(harness.sinkPort, LATENCY_MS);
  try {
    for (const connections of [10, 50, 200]) {
      const expected = connections / ((2 * LATENCY_MS) / 1000);
      // About ten seconds of sending for each.
      const messages = Math.min(options.messages, expected * 10);
      const slug = `distant-${connections}`;
      await newsletterOf(harness.program, slug, messages);
      const worker = await harness.startWorker({ relayPort: distance.port, pool: connections });
      const { perSecond } = await sendAndMeasure(harness, slug, [worker], messages);
      await worker.stop();
      tell(
        `  ${connections} connections: ${round(perSecond)}/s, ${(perSecond / expected).toFixed(2)} of connections / (2 x latency) = ${round(expected)}/s`,
      );
    }
  } finally {
    await distance.close();
  }
}

/** A worker's memory while it sends to 1,000, 100,000 and `--audience` readers; the last is the trial of a whole send. */
export async function memoryPart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  for (const readers of [1_000, 100_000, options.audience].filter((n, at, all) => all.indexOf(n) === at)) {
    const { program } = harness;
    const slug = `readers-${readers}`;
    await newsletterOf(program, slug, readers);
    const worker = await harness.startWorker();
    const issue = await draft(program, slug);
    const before = await spaceOf(harness);
    const start = performance.now();
    await send(program, issue);
    await untilSent(program, issue.id, 60_000 + readers);
    const seconds = (performance.now() - start) / 1000;
    const after = await spaceOf(harness);
    const usage = usageOf(worker.pid);
    const { accepted, perSecond, firstMs } = await ledgerSays(program.db, issue.id);
    await worker.stop();
    if (accepted !== readers) throw new Error(`expected ${readers} accepted, the ledger has ${accepted}`);
    tell(
      `  ${round(readers)} readers: ${accepted} accepted in ${seconds.toFixed(1)} s, ${round(perSecond)}/s; first after ${round(firstMs)} ms (hold 3000); worker ${round(usage?.rssMb ?? Number.NaN)} MB, at most ${round(usage?.peakMb ?? Number.NaN)} MB (hold 200); load ${load()}`,
    );
    tell(
      `    space per delivery: ${round((after.ledger - before.ledger) / readers)} bytes of ledger (${round((after.indexes - before.indexes) / readers)} of them indexes), ${round((after.log - before.log) / readers)} bytes of write-ahead log; Redis ${(after.redis / 2 ** 20).toFixed(1)} MB at most so far`,
    );
  }
}

interface Space {
  /** Bytes of the ledger's tables with their indexes; of the indexes alone. */
  ledger: number;
  indexes: number;
  /** Bytes of write-ahead log written since the server was made. */
  log: number;
  /** The most that Redis ever used, in bytes. */
  redis: number;
}

async function spaceOf({ program, redisUrl }: Harness): Promise<Space> {
  const { rows } = await sql<Omit<Space, 'redis'>>`
    SELECT sum(pg_total_relation_size(relid))::float8 AS ledger, sum(pg_indexes_size(relid))::float8 AS indexes,
      pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS log
    FROM pg_partition_tree('deliveries') WHERE isleaf`.execute(program.db);
  const redis = new Redis(redisUrl);
  const memory = await redis.info('memory');
  redis.disconnect();
  return { ...rows[0]!, redis: Number(/used_memory_peak:(\d+)/.exec(memory)?.[1]) };
}

/** Each kind of worker sends in turn, `pairs` times, after a send that does not count. */
async function inTurns(
  harness: Harness,
  { pairs }: Options,
  slug: string,
  kinds: Readonly<Record<string, WorkerOptions>>,
  messages: number,
): Promise<Map<string, Sent[]>> {
  const found = new Map<string, Sent[]>(Object.keys(kinds).map((kind) => [kind, []]));
  for (let pair = 1; pair <= pairs; pair++)
    for (const [kind, how] of Object.entries(kinds)) {
      const worker = await harness.startWorker(how);
      await sendAndMeasure(harness, slug, [worker], messages);
      found.get(kind)!.push(await sendAndMeasure(harness, slug, [worker], messages));
      await worker.stop();
    }
  return found;
}

const ratioOf = (sent: readonly Sent[], to: readonly Sent[]): string =>
  median(sent.map((one, at) => one.perSecond / to[at]!.perSecond)).toFixed(2);
