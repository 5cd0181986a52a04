/**
 * Who uses the embedded database: one small file per opening, naming its process. A member that was killed
 * leaves its file behind, but its process is gone, so it counts for nothing. Read and written only by whoever
 * is through the door, so nobody joins while somebody decides to be the last.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, thisProcess } from './process.ts';

/** Returns the member's name, to leave with. */
export async function enrol(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const me = await thisProcess();
  const name = `${me.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(join(folder, name), JSON.stringify(me), { mode: 0o644 });
  return name;
}

/** True when nobody is left. */
export async function leave(folder: string, name: string): Promise<boolean> {
  await rm(join(folder, name), { force: true });
  const rest = await Promise.all((await readdir(folder)).map((other) => stillThere(join(folder, other))));
  return !rest.some(Boolean);
}

async function stillThere(file: string): Promise<boolean> {
  if (await isAlive(await readMember(file))) return true;
  await rm(file, { force: true });
  return false;
}

/** A file that a crash left empty names nobody. */
async function readMember(file: string): Promise<ProcessIdentity> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch {
    return { pid: -1, started: 'never' };
  }
}
