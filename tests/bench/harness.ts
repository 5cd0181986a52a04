/** The full way for the bench: PostgreSQL with every sync on, Redis, smtp-sink, and one worker process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openProgram, type Program } from '../../src/bootstrap.ts';
import { readConfig } from '../../src/config/config.ts';
import { openEmbedded } from '../../src/db/embedded/open.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { freePort, startRedisServer } from '../helpers/redis-server.ts';
import { Guardian } from '../helpers/setup/guardian.ts';
import { provide } from '../helpers/setup/programs.ts';
import { until } from '../helpers/until.ts';

export interface Harness {
  program: Program;
  sinkPort: number;
  databaseName: string;
  redisUrl: string;
  folder: string;
  startWorker(how?: WorkerOptions): Promise<Worker>;
  close(): Promise<void>;
}

export interface WorkerOptions {
  /** `node` options such as `--cpu-prof`. */
  node?: readonly string[];
  /** Where the relay named `sink` listens, when it is not smtp-sink itself. */
  relayPort?: number;
  /** Further options of the relay in SMTP_URL, `dkim=...`; its pool when not the harness's. */
  relay?: string;
  pool?: number;
}

export interface Worker {
  pid: number;
  stop(): Promise<void>;
}

const postfix = { what: 'Postfix', packages: ['postfix'] } as const;
export const smtpSource = () => provide({ ...postfix, names: ['smtp-source'] });
const smtpSink = () => provide({ ...postfix, names: ['smtp-sink'] });

export async function openHarness(connections: number): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-bench-'));
  // PostgreSQL may run as another user than root.
  await chmod(folder, 0o711);
  const guardian = new Guardian(folder);
  const closers: (() => Promise<unknown>)[] = [() => guardian.clearAway()];
  const close = async () => {
    for (const act of closers.splice(0).reverse()) await act();
  };
  try {
    const sinkPort = await startSink(closers);
    const env = await startServers(folder, connections, sinkPort, closers);
    const program = await openProgram(readConfig(env), () => {});
    closers.push(() => program.close());
    await program.migrate();
    return {
      program,
      sinkPort,
      databaseName: new URL(env.DATABASE_URL).pathname.slice(1),
      redisUrl: env.REDIS_URL,
      folder,
      startWorker: (how = {}) =>
        startWorker(program, folder, { ...env, ...relayEnv(sinkPort, connections, how) }, how, closers),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Closers = (() => Promise<unknown>)[];

async function startServers(folder: string, pool: number, sinkPort: number, closers: Closers) {
  const home = join(folder, 'home');
  await mkdir(home, { mode: 0o711 });
  if (!process.env.TEST_DATABASE_URL) {
    const log = { info() {}, warn: complain, error: complain };
    const embedded = await openEmbedded({ home, log, tell: () => {} });
    closers.push(() => embedded.close());
    process.env.TEST_DATABASE_URL = embedded.url;
  }
  const database = await createTestDatabase();
  closers.push(() => database.drop());
  const redis = await startRedisServer();
  closers.push(() => redis.remove());
  return {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    ...relayEnv(sinkPort, pool, {}),
    POSTRIDER_HOME: home,
    POSTRIDER_SECRET: 'the-secret-of-a-bench-that-nobody-needs-to-guess',
    PUBLIC_URL: 'https://news.example.org',
    LOG_LEVEL: 'warn',
  };
}

function relayEnv(sinkPort: number, connections: number, { relayPort, pool, relay }: WorkerOptions) {
  const options = [`name=sink&pool=${pool ?? connections}`, ...(relay ? [relay] : [])].join('&');
  return { SMTP_URL: `smtp://127.0.0.1:${relayPort ?? sinkPort}?${options}` };
}

function complain(fields: object, text: string): void {
  process.stderr.write(`bench: ${text} ${JSON.stringify(fields)}\n`);
}

async function startSink(closers: Closers): Promise<number> {
  const port = await freePort();
  // As root it wants to be somebody else.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const sink = spawn(smtpSink(), [...user, `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' });
  closers.push(() => end(sink, 'SIGKILL'));
  await until('smtp-sink listens', () => listens(port));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const say = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', say(true)).once('error', say(false));
  });
}

const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

async function startWorker(
  program: Program,
  folder: string,
  env: Record<string, string>,
  how: WorkerOptions,
  closers: Closers,
): Promise<Worker> {
  const known = await liveWorkers(program);
  const file = join(folder, 'worker.log');
  const output = openSync(file, 'a');
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [...(how.node ?? []), cli, 'worker'], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const stop = () => end(child, 'SIGTERM');
  closers.push(stop);
  await until('the worker has started', async () => (await liveWorkers(program)) > known, {
    found: () => readFile(file, 'utf8'),
  });
  return { pid: child.pid!, stop };
}

async function liveWorkers({ db }: Program): Promise<number> {
  const rows = await db.selectFrom('workers').select('id').where('ended_at', 'is', null).execute();
  return rows.length;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
