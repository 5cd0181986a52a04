/**
 * One process at a time starts or stops the embedded database: it goes through the door.
 *
 * Node has no file locks, so the door is a folder of numbered tickets. The highest ticket is the one that
 * counts. It is free when its holder said so or is gone; then whoever makes the next number first holds the
 * door (`link` makes a file with its content at once, or fails because it is there). The highest ticket is never
 * deleted, so a process that slept between looking and linking finds a higher one than its own and steps back.
 */
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '../../errors.ts';
import { isAlive, type ProcessIdentity, thisProcess } from './process.ts';

/** Initialising takes a second, recovery after a crash up to minutes: a holder that lives is waited for. */
const PATIENCE_MS = 180_000;

/** Runs the act while no other process is inside. A holder that was killed does not keep the door. */
export async function throughDoor<T>(folder: string, act: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ticket = await waitForTicket(folder);
  try {
    return await act();
  } finally {
    await giveBack(folder, ticket);
  }
}

async function waitForTicket(folder: string): Promise<number> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const ticket = await tryTicket(folder);
    if (ticket) return ticket;
    await pause(20 + Math.random() * 40);
  }
  throw new Unavailable(
    `another process has been starting or stopping the embedded database for ${PATIENCE_MS / 1000} s (see ${folder})`,
  );
}

/** The number of the ticket, or null while somebody else holds the door. */
async function tryTicket(folder: string): Promise<number | null> {
  const last = await highest(folder);
  if (last > 0 && (await isHeld(join(folder, String(last))))) return null;
  const ticket = last + 1;
  if (!(await claim(folder, ticket))) return null;
  if ((await highest(folder)) !== ticket) {
    await rm(join(folder, String(ticket)), { force: true });
    return null;
  }
  await clearBelow(folder, ticket);
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

async function giveBack(folder: string, ticket: number): Promise<void> {
  await rename(await writeDraft(folder, 'free'), join(folder, String(ticket)));
}

let drafts = 0;

async function writeDraft(folder: string, text: string): Promise<string> {
  drafts += 1;
  const draft = join(folder, `draft-${process.pid}-${drafts}`);
  await writeFile(draft, text, { mode: 0o644 });
  return draft;
}

async function clearBelow(folder: string, ticket: number): Promise<void> {
  const old = (await tickets(folder)).filter((number) => number < ticket);
  await Promise.all(old.map((number) => rm(join(folder, String(number)), { force: true })));
}
