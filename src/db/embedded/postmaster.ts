/**
 * The server that runs on a data folder, according to its `postmaster.pid`. The file outlives a killed server, and
 * its pid may belong to another program by now, so it is trusted only for a process that was started on this folder.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNote } from './folder.ts';
import { commandLine } from './process.ts';

interface Postmaster {
  pid: number;
  /** 0 while the server has not written it yet. */
  port: number;
  stopping: boolean;
}

/** The server that runs on this data folder, whether it answers or not; null when there is none. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const lines = await pidFile(data);
  const pid = Number(lines?.[0]);
  if (!lines || !pid || !(await isServerOf(pid, data))) return null;
  return { pid, port: Number(lines[3] ?? 0), stopping: lines[7]?.trim() === 'stopping' };
}

async function isServerOf(pid: number, data: string): Promise<boolean> {
  const command = await commandLine(pid);
  return command?.includes(`-D ${data} `) ?? false;
}

async function pidFile(data: string): Promise<string[] | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return text ? text.split('\n') : null;
}

/** No system assigns this pid. */
const NO_PROCESS = 2_147_483_646;

/**
 * Tells PostgreSQL that the process named in a stale `postmaster.pid` is not its server; otherwise it would refuse to
 * start as long as that pid is in use. The file itself must stay: it also names the shared memory by which PostgreSQL
 * notices that children of a killed server are still writing.
 */
export async function disownStalePid(data: string): Promise<void> {
  const lines = await pidFile(data);
  if (!lines || Number(lines[0]) === NO_PROCESS) return;
  await writeNote(join(data, 'postmaster.pid'), [NO_PROCESS, ...lines.slice(1)].join('\n').trimEnd());
}
