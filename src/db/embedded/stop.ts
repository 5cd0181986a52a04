/** The end of the server, when its last member leaves. Called only by whoever is through the door. */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Unavailable } from '../../errors.ts';
import { findBinaries, program } from './binaries.ts';
import type { Machine } from './machine.ts';
import { findPostmaster } from './postmaster.ts';
import type { Server } from './server.ts';
import { dataOf } from './site.ts';

const run = promisify(execFile);

const STOP_MS = 60_000;

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
        `the embedded database (process ${found.pid}) did not stop within ${STOP_MS / 1000} s`,
      );
    await pause(20);
  }
}

/** On Windows a signal would be a crash, so PostgreSQL's own tool does it there. */
async function askToStop(pid: number, data: string, machine: Machine): Promise<void> {
  if (!machine.platform.startsWith('windows')) {
    process.kill(pid, 'SIGINT');
    return;
  }
  await run(program(await findBinaries(machine), 'pg_ctl'), ['stop', '-D', data, '-m', 'fast']);
}
