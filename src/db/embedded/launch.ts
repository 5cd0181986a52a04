/** The start of PostgreSQL's own process on settled data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { asAccount } from './account.ts';
import { program, withoutLoader } from './binaries.ts';
import type { Site } from './data-folder.ts';

export class Launched {
  readonly #child: ChildProcess;
  #fault: Error | null = null;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('error', (error) => {
      this.#fault = withoutLoader(error) ?? error;
    });
    child.unref();
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && !this.#fault;
  }

  get wasKilled(): boolean {
    return this.#child.signalCode !== null;
  }

  /** How it ended. */
  get end(): string {
    return this.#fault?.message ?? `it ended with ${this.#child.exitCode ?? this.#child.signalCode}`;
  }

  stop(): void {
    this.#child.kill('SIGINT');
  }
}

/** In a session of its own, so that Ctrl-C at our terminal does not reach it: it is stopped last. */
export function launch(site: Site, log: string, port: number): Launched {
  const { file, args, ...account } = asAccount(
    site.account,
    program(site.binaries, 'postgres'),
    serverArguments(site.data, port),
  );
  const output = openSync(log, 'a', 0o600);
  try {
    const stdio: ['ignore', number, number] = ['ignore', output, output];
    const options = { ...account, env: site.env, cwd: '/', stdio, detached: true, windowsHide: true };
    return new Launched(spawn(file, args, options));
  } finally {
    closeSync(output);
  }
}

/** Given with each start, not written to a file, so that a new release's settings hold for old data. */
function serverArguments(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    // Several processes with a pool and a queue each.
    max_connections: 200,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    // Parallel plans take shared memory from /dev/shm, of which containers have little.
    max_parallel_workers_per_gather: 0,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // The log never quotes rows or statements: they hold people's addresses.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
