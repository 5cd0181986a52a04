/**
 * The server that runs on a data folder, as its `postmaster.pid` tells. The file outlives a killed server and
 * its number may belong to some other program by now, so it is believed only for a process that was started on
 * this very folder.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNote } from './folder.ts';
import { commandLine } from './process.ts';

export interface Postmaster {
  pid: number;
  /** 0 while the server has not written it yet. */
  port: number;
  stopping: boolean;
}

/** The server that runs on this data folder, answering or not; null when there is none. */
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

/** No system gives out this number. */
const NO_PROCESS = 2_147_483_646;

/**
 * Tells PostgreSQL that the process named in a left-over `postmaster.pid` is not its server; else it would
 * refuse to start for as long as that number is in use. The file itself must stay: it also names the shared
 * memory by which PostgreSQL notices that children of a killed server are still writing.
 */
export async function disownStalePid(data: string): Promise<void> {
  const lines = await pidFile(data);
  if (!lines || Number(lines[0]) === NO_PROCESS) return;
  await writeNote(join(data, 'postmaster.pid'), [NO_PROCESS, ...lines.slice(1)].join('\n').trimEnd());
}
