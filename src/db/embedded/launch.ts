/** Launches PostgreSQL's own process on a prepared data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { asAccount } from './account.ts';
import { missingLoader, program } from './binaries.ts';
import type { DataFolder } from './data-folder.ts';

export class LaunchedServer {
  readonly #child: ChildProcess;
  #fault: Error | null = null;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('error', (error) => {
      this.#fault = missingLoader(error) ?? error;
    });
    child.unref();
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && !this.#fault;
  }

  get wasKilled(): boolean {
    return this.#child.signalCode !== null;
  }

  /** How it ended, for an error message. */
  get end(): string {
    return this.#fault?.message ?? `it ended with ${this.#child.exitCode ?? this.#child.signalCode}`;
  }

  stop(): void {
    this.#child.kill('SIGINT');
  }
}

/** In its own session, so that Ctrl-C in our terminal does not reach it: it must be the last to stop. */
export function launch(folder: DataFolder, log: string, port: number): LaunchedServer {
  const { file, args, ...account } = asAccount(
    folder.account,
    program(folder.binaries, 'postgres'),
    serverArguments(folder.path, port),
  );
  const output = openSync(log, 'a', 0o600);
  try {
    const stdio: ['ignore', number, number] = ['ignore', output, output];
    const options = { ...account, env: folder.env, cwd: '/', stdio, detached: true, windowsHide: true };
    return new LaunchedServer(spawn(file, args, options));
  } finally {
    closeSync(output);
  }
}

/** Passed at each start instead of written to a file, so that a new release's settings apply to old data. */
function serverArguments(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    // For several processes with a pool and a queue each.
    max_connections: 200,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    // Parallel plans need shared memory from /dev/shm, of which containers have little.
    max_parallel_workers_per_gather: 0,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // The log must never quote rows or statements: they contain people's addresses.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
