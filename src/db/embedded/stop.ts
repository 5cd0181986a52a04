/** Stops the server when its last client leaves. Called only under the lock. */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Unavailable } from '../../errors.ts';
import { findBinaries, program } from './binaries.ts';
import { dataPath } from './data-folder.ts';
import type { Machine } from './machine.ts';
import { findPostmaster } from './postmaster.ts';
import { identify, isAlive } from './process.ts';
import type { Server } from './server.ts';

const run = promisify(execFile);

const MAX_STOP_MS = 60_000;

/** Fast shutdown: open transactions are rolled back, and everything committed is on disk. */
export async function stopServer({ folder, machine }: Server): Promise<void> {
  const data = await dataPath(folder);
  const found = await findPostmaster(data);
  const server = found && (await identify(found.pid));
  if (!server) return;
  await requestFastShutdown(found.pid, data, machine);
  const until = performance.now() + MAX_STOP_MS;
  while (await isAlive(server)) {
    if (performance.now() > until)
      throw new Unavailable(
        `the embedded database (process ${found.pid}) did not stop within ${MAX_STOP_MS / 1000} s`,
      );
    await pause(20);
  }
}

/** Does not wait for the end. On Windows a signal would be a crash, so PostgreSQL's own tool does it there. */
export async function requestFastShutdown(pid: number, data: string, machine: Machine): Promise<void> {
  if (machine.platform.startsWith('windows')) {
    await run(program(await findBinaries(machine), 'pg_ctl'), ['stop', '-D', data, '-m', 'fast']);
    return;
  }
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
