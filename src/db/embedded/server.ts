/** The server itself: found running or started, and stopped. Called only by whoever is through the door. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { Refused, Unavailable } from '../../errors.ts';
import { asAccount } from './account.ts';
import { findBinaries, program } from './binaries.ts';
import { type Folder, passwordOf, readNote, writeNote } from './folder.ts';
import { initialise, OWNER } from './initialise.ts';
import type { Machine } from './machine.ts';
import { portFor } from './port.ts';
import { disownStalePid, findPostmaster } from './postmaster.ts';
import { dataOf, type Site, settleSite, type Tell } from './site.ts';

const run = promisify(execFile);

/** Recovery after a crash can take a while; a server that is at it is waited for. */
const START_MS = 150_000;
const SAY_SO_MS = 5_000;
const STOP_MS = 30_000;
/** The log of a server that has more to say than this is put aside at its next start. */
const LOG_BYTES = 5_000_000;

export interface Server {
  folder: Folder;
  machine: Machine;
  tell: Tell;
}

/** Adopts the server that runs on the folder, or starts one. Returns its address. */
export async function ensureRunning(server: Server): Promise<string> {
  const slow = setTimeout(
    () => server.tell('Waiting for the embedded database to be ready: it is recovering, or stopping.'),
    SAY_SO_MS,
  );
  try {
    return await startOrAdopt(server);
  } finally {
    clearTimeout(slow);
  }
}

async function startOrAdopt(server: Server): Promise<string> {
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    const data = await dataOf(server.folder);
    const found = await findPostmaster(data);
    if (!found) await start(server);
    else if (found.port && (await answers(await address(server.folder, found.port), data)))
      return adopt(server.folder, found.port);
    await pause(30);
  }
  throw new Unavailable(
    `the embedded database did not get ready within ${START_MS / 1000} s; its log is ${server.folder.log}`,
  );
}

async function adopt(folder: Folder, port: number): Promise<string> {
  if (Number(await readNote(folder.port)) !== port) await writeNote(folder.port, String(port));
  return address(folder, port);
}

async function address(folder: Folder, port: number): Promise<string> {
  return `postgres://${OWNER}:${await passwordOf(folder)}@127.0.0.1:${port}/postgres`;
}

/** True when the server that answers there works on this data folder. */
async function answers(url: string, data: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === data;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw wrongPassword(data, error);
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function wrongPassword(data: string, cause: unknown): Refused {
  return new Refused(
    'embedded-password',
    `the embedded database in ${data} refuses the password that stands in the file password above it: restore that file, it belongs to the data.`,
    { cause },
  );
}

async function start(server: Server): Promise<void> {
  const { folder, machine, tell } = server;
  const site = await settleSite(folder, machine, tell);
  await initialise(site, await passwordOf(folder));
  await disownStalePid(site.data);
  const port = await portFor(folder);
  const from = await turnLog(folder.log);
  const child = launch(site, folder.log, port);
  if (await getsReady(child, await address(folder, port), site.data)) return;
  const said = await logSince(folder.log, from);
  if (passes(child, said)) return;
  throw new Unavailable(`PostgreSQL did not start on ${site.data}: ${said.trim() || spawnFault(child)}`);
}

/** In a session of its own, so that Ctrl-C at our terminal does not reach it: it is stopped last. */
function launch(site: Site, log: string, port: number): Child {
  const command = asAccount(
    site.account,
    program(site.binaries, 'postgres'),
    serverArguments(site.data, port),
  );
  const { file, args, ...account } = command;
  const output = openSync(log, 'a', 0o600);
  try {
    const stdio: ['ignore', number, number] = ['ignore', output, output];
    const child: Child = spawn(file, args, {
      ...account,
      env: site.env,
      cwd: site.data,
      stdio,
      detached: true,
    });
    child.on('error', (error) => {
      child.fault = error;
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

type Child = ChildProcess & { fault?: Error };

function spawnFault(child: Child): string {
  return child.fault?.message ?? `it ended with ${child.exitCode ?? child.signalCode}`;
}

/** Given with each start, not written to a file, so that a new release's settings hold for old data. */
function serverArguments(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    max_connections: 200,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    max_parallel_workers_per_gather: 0,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The log never quotes rows or statements: they hold people's addresses.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** False when the process ended before it answered. */
async function getsReady(child: Child, url: string, data: string): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null && !child.fault) {
    if (await answers(url, data)) return true;
    await pause(30);
  }
  return false;
}

/** Another start was faster, the last words of a killed server, or a port taken meanwhile: worth another look. */
function passes(child: Child, said: string): boolean {
  return (
    child.signalCode !== null ||
    /already exists|still in use|could not bind|the database system is shutting down/.test(said)
  );
}

/** Puts a long log aside; returns where new words begin. */
async function turnLog(log: string): Promise<number> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size < LOG_BYTES) return size;
  await rename(log, `${log}.old`);
  return 0;
}

async function logSince(log: string, from: number): Promise<string> {
  const file = await open(log, 'r');
  try {
    const buffer = Buffer.alloc(4_000);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
export async function stopServer({ folder, machine }: Server): Promise<void> {
  const data = await dataOf(folder);
  const found = await findPostmaster(data);
  if (!found) return;
  await askToStop(found.pid, data, machine);
  const until = performance.now() + STOP_MS;
  while ((await findPostmaster(data))?.pid === found.pid) {
    if (performance.now() > until)
      throw new Unavailable(
        `the embedded database did not stop within ${STOP_MS / 1000} s (process ${found.pid})`,
      );
    await pause(20);
  }
}

async function askToStop(pid: number, data: string, machine: Machine): Promise<void> {
  if (machine.uid !== null) {
    process.kill(pid, 'SIGINT');
    return;
  }
  // Windows has no signals: a kill would be a crash.
  const binaries = await findBinaries(machine.platform);
  await run(program(binaries, 'pg_ctl'), ['stop', '-D', data, '-m', 'fast']);
}
