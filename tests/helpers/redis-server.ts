/** A Redis process on a free port with a temporary folder; the test can kill it and start it again on both. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Guardian } from './setup/guardian.ts';
import { provide, redisServer } from './setup/programs.ts';
import { until } from './until.ts';

export interface RedisOptions {
  /** Keeps an append-only file with fsync at every write, so that a restart after `kill` has lost nothing. */
  appendOnly?: boolean;
}

export class RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #folder: string;
  readonly #options: RedisOptions;
  readonly #guardian: Guardian;
  #child: ChildProcess | null = null;

  constructor(port: number, folder: string, options: RedisOptions) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#options = options;
    this.#guardian = new Guardian(folder);
  }

  /** Starts it (again); resolves when it answers. */
  async start(): Promise<void> {
    const child = spawn(provide(redisServer), this.#arguments(), { stdio: 'ignore' });
    this.#child = child;
    await writeFile(join(this.#folder, 'redis.pid'), `${child.pid}\n`);
    await until(`Redis answers on port ${this.port}`, () => answers(this.url), {
      found: () => `exit code ${child.exitCode}`,
    });
  }

  /** By default as a crash. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.kill();
    await this.#guardian.clearAway();
  }

  #arguments(): string[] {
    const durable = this.#options.appendOnly ? ['yes', '--appendfsync', 'always'] : ['no'];
    const settings = ['--bind', '127.0.0.1', '--port', `${this.port}`, '--dir', this.#folder, '--save', ''];
    return [...settings, '--maxmemory-policy', 'noeviction', '--appendonly', ...durable];
  }
}

export async function startRedisServer(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-test-redis-'));
  const server = new RedisServer(await freePort(), folder, options);
  await server.start();
  return server;
}

/** A port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } finally {
    client.disconnect();
  }
}
