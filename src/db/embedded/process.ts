/**
 * Identifies the process that a pid in a file refers to. Pids are reused, so a process is identified by its pid and its
 * start time; a zombie counts as gone.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessIdentity {
  pid: number;
  /** When it started, in the format of this system; only ever compared. */
  started: string;
}

let mine: Promise<ProcessIdentity> | undefined;

export function thisProcess(): Promise<ProcessIdentity> {
  mine ??= startOf(process.pid).then((started) => ({ pid: process.pid, started: started ?? 'unknown' }));
  return mine;
}

/** Null when there is no such process. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  const started = await startOf(pid);
  return started === null ? null : { pid, started };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await startOf(identity.pid)) === identity.started;
}

async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') return powershell(`(Get-Process -Id ${pid}).StartTime.Ticks`);
  return ps(pid, 'lstart=');
}

/** Clock ticks since boot, and which boot: containers on one machine share it, restarts do not. */
async function linuxStart(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (!stat) return null;
  // The command may contain blanks and parentheses; what follows its closing parenthesis does not. See proc(5).
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  return `${fields[18]} ${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()}`;
}

/** The arguments a process was started with; null when there is no such process, or it is a zombie. */
export async function commandLine(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.replaceAll('\0', ' ').trim() || null;
  }
  if (process.platform === 'win32')
    return powershell(`(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`);
  return ps(pid, 'command=');
}

async function ps(pid: number, column: string): Promise<string | null> {
  const options = { env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' } };
  return run('ps', ['-ww', '-o', column, '-p', String(pid)], options).then(
    ({ stdout }) => stdout.trim() || null,
    () => null,
  );
}

async function powershell(expression: string): Promise<string | null> {
  return run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', expression]).then(
    ({ stdout }) => stdout.trim() || null,
    () => null,
  );
}
