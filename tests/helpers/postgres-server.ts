/**
 * A PostgreSQL server for one test, from the embedded binaries. The test can kill it with all its children and start it
 * again on the same data and port; nothing else restarts it. It is as durable as a real one: its folder may be in memory,
 * but commits are written.
 */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { isServerOf, serverUrl } from '../../src/db/embedded/address.ts';
import { findBinaries } from '../../src/db/embedded/binaries.ts';
import { prepareDataFolder } from '../../src/db/embedded/data-folder.ts';
import { openFolder, passwordOf } from '../../src/db/embedded/folder.ts';
import { initialise } from '../../src/db/embedded/initialise.ts';
import { type LaunchedServer, launch } from '../../src/db/embedded/launch.ts';
import { thisMachine } from '../../src/db/embedded/machine.ts';
import { portFor } from '../../src/db/embedded/port.ts';
import { disownStalePid } from '../../src/db/embedded/postmaster.ts';
import { fastestFolder } from './setup/fastest-folder.ts';
import { Guardian } from './setup/guardian.ts';
import { until } from './until.ts';

type Folder = Awaited<ReturnType<typeof openFolder>>;
type DataFolder = Awaited<ReturnType<typeof prepareDataFolder>>;

export class PostgresServer {
  readonly url: string;
  readonly #folder: Folder;
  readonly #data: DataFolder;
  readonly #port: number;
  readonly #guardian: Guardian | null;
  #launched: LaunchedServer | null = null;

  constructor(url: string, folder: Folder, data: DataFolder, port: number, guardian: Guardian | null) {
    this.url = url;
    this.#folder = folder;
    this.#data = data;
    this.#port = port;
    this.#guardian = guardian;
  }

  /** Starts it (again), also when it ended by itself; resolves when it answers. */
  async start(): Promise<void> {
    await until('PostgreSQL answers', () => this.#startOnce(), {
      withinMs: 60_000,
      everyMs: 100,
      found: () => `${this.#launched?.end}\n${readFileSync(this.#folder.log, 'utf8').slice(-2_000)}`,
    });
  }

  async #startOnce(): Promise<boolean> {
    if (!this.#launched?.running) {
      await disownStalePid(this.#data.path);
      this.#launched = launch(this.#data, this.#folder.log, this.#port);
    }
    return isServerOf(this.url, this.#data.path);
  }

  /** As a machine that loses its power: the postmaster and all its children at once. */
  async kill(): Promise<void> {
    await killPostgres(this.#data.path);
    await until('PostgreSQL is gone', () => !this.#launched?.running);
  }

  /** Ends it and removes its folder, where it made one. */
  async remove(): Promise<void> {
    await this.kill();
    await this.#guardian?.clearAway();
  }
}

/** `home`: where its data go; it stays with the caller. Default: a folder of its own, in memory where there is room. */
export async function startPostgresServer(home?: string): Promise<PostgresServer> {
  const place = home ?? (await mkdtemp(join(await fastestFolder(), 'postrider-test-server-')));
  // PostgreSQL may run as another user than root.
  await chmod(place, 0o711);
  const guardian = home === undefined ? new Guardian(place) : null;
  const folder = await openFolder(place);
  const machine = thisMachine();
  const data = await prepareDataFolder(folder, machine, await findBinaries(machine), () => {});
  await initialise(data, await passwordOf(folder));
  const port = await portFor(folder);
  const server = new PostgresServer(await serverUrl(folder, port), folder, data, port, guardian);
  await server.start();
  return server;
}

/** Kills the server that runs on this data folder, if any, with all its children. */
export async function killPostgres(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0;
  const processes = existsSync(`/proc/${pid}/task`) ? [pid, ...childrenOf(pid)] : [];
  for (const each of processes) signal(each, 'SIGKILL');
  await until('the server is gone', () => !processes.some((each) => runs(each)));
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** A process that only waits for its parent to take notice is gone too. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone already
  }
}
