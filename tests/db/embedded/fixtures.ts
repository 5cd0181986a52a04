/** Data folders with an embedded database, for tests: as real processes use them, and gone with the test. */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { EmbeddedOptions } from '../../../src/db/embedded/open.ts';
import { type Running, start } from '../../helpers/processes.ts';
import { until } from '../../helpers/until.ts';

const program = fileURLToPath(new URL('client.mjs', import.meta.url));

/** An empty data folder below a folder that only its owner enters; `open`: below one that everybody enters. */
export async function newHome(name = 'home', below: 'closed' | 'open' = 'closed'): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'postrider-embedded-')));
  if (below === 'open') await chmod(folder, 0o755);
  onTestFinished(async () => {
    killServer(join(folder, name));
    await rm(folder, { recursive: true, force: true });
  });
  return join(folder, name);
}

export function options(home: string): EmbeddedOptions & { lines: string[] } {
  const lines: string[] = [];
  const quiet = () => {};
  return { home, log: { info: quiet, warn: quiet, error: quiet }, tell: (line) => lines.push(line), lines };
}

export interface Overrides {
  platform?: string;
  modules?: string;
  fallbackFolder?: string;
  forbidNamespaces?: boolean;
}

/** A process that uses the home's database until SIGTERM. */
export function startClient(home: string, overrides: Overrides = {}, user: readonly string[] = []): Running {
  const machine = { fallbackFolder: join(tmpdir(), 'postrider-not-to-be-used'), ...overrides };
  return start([home, JSON.stringify(machine)], { command: [...user, process.execPath, program] });
}

/** The words before a command that run it as another user, from root. */
export function as(uid: number): string[] {
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
}

/** The same, once it is open: its process and the database's address. */
export async function openClient(
  home: string,
  overrides: Overrides = {},
  user: readonly string[] = [],
): Promise<{ process: Running; url: string }> {
  const process = startClient(home, overrides, user);
  const [, url = ''] = await process.says(/^open (.*)$/m);
  return { process, url };
}

export function dataOf(home: string): string {
  const moved = join(home, 'postgres', 'moved');
  return join(existsSync(moved) ? readFileSync(moved, 'utf8').trim() : join(home, 'postgres'), 'data');
}

/** The number in the server's own file, be it true or not; null without a file. */
export function serverPid(home: string): number | null {
  const file = join(dataOf(home), 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}

export function processRuns(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

function killServer(home: string): void {
  const pid = serverPid(home);
  if (!pid || !processRuns(pid)) return;
  if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataOf(home))) process.kill(pid, 'SIGKILL');
}

/**
 * Every PostgreSQL server that runs on this home. A backend bears its server's command line until it has named itself,
 * so a child of a server counts as none.
 */
export async function serversOn(home: string): Promise<number[]> {
  const pids = await pidsOf(`\0-D\0${dataOf(home)}\0`);
  return pids.filter((pid) => !pids.includes(parentOf(pid)));
}

/** proc(5): the second field behind the name, which may hold anything. */
function parentOf(pid: number): number {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
  } catch {
    return 0;
  }
}

/** Programs that make a data folder, also for starts that were killed. */
export const initdbsOn = (home: string): Promise<number[]> => pidsOf(`--pgdata=${dataOf(home)}.new-`);

async function pidsOf(part: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part);
    } catch {
      return false;
    }
  });
}

export async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

export async function untilGone(pid: number): Promise<void> {
  await until(`process ${pid} is gone`, () => !processRuns(pid));
}
