/**
 * A lock between processes: only one at a time starts or stops the embedded database.
 *
 * Node has no file locks, so the lock is a folder of numbered tickets, of which the highest one counts. It is free
 * once its holder has released it or is gone; then whoever creates the next number first holds the lock (`link`
 * creates a file together with its content, or fails because the file exists). The highest ticket is never deleted, so
 * a process that slept between reading and linking finds a higher ticket than its own and backs off.
 */
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '../../errors.ts';
import { isAlive, type ProcessIdentity, thisProcess } from './process.ts';

/** Initialising takes a second, recovery after a crash up to minutes: wait for a holder that is alive. */
const MAX_WAIT_MS = 180_000;

/** Runs `act` while no other process holds the lock. A holder that was killed does not keep it. */
export async function withLock<T>(folder: string, act: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ticket = await waitForTicket(folder);
  try {
    return await act();
  } finally {
    await release(folder, ticket);
  }
}

async function waitForTicket(folder: string): Promise<number> {
  const until = performance.now() + MAX_WAIT_MS;
  while (performance.now() < until) {
    const ticket = await tryTicket(folder);
    if (ticket) return ticket;
    await pause(20 + Math.random() * 40);
  }
  throw new Unavailable(
    `another process has been starting or stopping the embedded database for ${MAX_WAIT_MS / 1000} s (see ${folder})`,
  );
}

/** The number of the ticket, or null while another process holds the lock. */
async function tryTicket(folder: string): Promise<number | null> {
  const last = await highest(folder);
  if (last > 0 && (await isHeld(join(folder, String(last))))) return null;
  const ticket = last + 1;
  if (!(await claim(folder, ticket))) return null;
  if ((await highest(folder)) !== ticket) {
    await rm(join(folder, String(ticket)), { force: true });
    return null;
  }
  await removeOlder(folder, ticket);
  return ticket;
}

async function highest(folder: string): Promise<number> {
  return Math.max(0, ...(await tickets(folder)));
}

async function tickets(folder: string): Promise<number[]> {
  return (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function isHeld(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.startsWith('{') && isAlive(JSON.parse(text) as ProcessIdentity);
}

async function claim(folder: string, ticket: number): Promise<boolean> {
  const draft = await writeDraft(folder, JSON.stringify(await thisProcess()));
  try {
    await link(draft, join(folder, String(ticket)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function release(folder: string, ticket: number): Promise<void> {
  await rename(await writeDraft(folder, 'free'), join(folder, String(ticket)));
}

let drafts = 0;

async function writeDraft(folder: string, text: string): Promise<string> {
  drafts += 1;
  const draft = join(folder, `draft-${process.pid}-${drafts}`);
  await writeFile(draft, text, { mode: 0o644 });
  return draft;
}

async function removeOlder(folder: string, ticket: number): Promise<void> {
  const old = (await tickets(folder)).filter((number) => number < ticket);
  await Promise.all(old.map((number) => rm(join(folder, String(number)), { force: true })));
}
