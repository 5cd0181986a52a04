/**
 * The clients of the embedded database: one small file for each opening, which names its process. A client that was
 * killed leaves its file behind, but that file no longer counts, since its process is gone. The files are read and
 * written only under the lock, so no client joins while another decides that it is the last one.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, thisProcess } from './process.ts';

/** Returns the name by which the client unregisters. */
export async function registerClient(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const me = await thisProcess();
  const name = `${me.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(join(folder, name), JSON.stringify(me), { mode: 0o644 });
  return name;
}

/** True when no client is left. */
export async function unregisterClient(folder: string, name: string): Promise<boolean> {
  await rm(join(folder, name), { force: true });
  const rest = await Promise.all((await readdir(folder)).map((other) => isStillThere(join(folder, other))));
  return !rest.some(Boolean);
}

async function isStillThere(file: string): Promise<boolean> {
  if (await isAlive(await readClient(file))) return true;
  await rm(file, { force: true });
  return false;
}

/** A crash may leave an empty file, which names no process. */
async function readClient(file: string): Promise<ProcessIdentity> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch {
    return { pid: -1, started: 'never' };
  }
}
