/** The server found running or started. Called only by whoever is through the door. */
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '../../errors.ts';
import { addressOf, answers } from './address.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { dataOf, refuseOtherMajor, settleSite } from './data-folder.ts';
import { type Folder, passwordOf, readNote, writeNote } from './folder.ts';
import { initialise } from './initialise.ts';
import { type Launched, launch } from './launch.ts';
import type { Server } from './parts.ts';
import { portFor } from './port.ts';
import { disownStalePid, findPostmaster } from './postmaster.ts';
import { logSince, turnLog } from './server-log.ts';
import { stopFast } from './stop.ts';

/** Recovery after a crash can take a while; a server that is at it is waited for. */
const START_MS = 150_000;
const SAY_SO_MS = 5_000;
const AGAIN_MS = 200;

/** Adopts the server that runs on the folder, or starts one. Returns its address. */
export async function ensureRunning(server: Server): Promise<string> {
  const slow = setTimeout(() => server.tell('Waiting for the embedded database to start.'), SAY_SO_MS);
  try {
    const binaries = await findBinaries(server.machine);
    await refuseOtherMajor(await dataOf(server.folder), binaries);
    return await adoptOrStart(server, binaries);
  } finally {
    clearTimeout(slow);
  }
}

async function adoptOrStart(server: Server, binaries: Binaries): Promise<string> {
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    const data = await dataOf(server.folder);
    const found = await findPostmaster(data);
    if (!found) await start(server, binaries);
    // Told to stop, politely, by somebody else: it lets nobody in any more, but waits for those inside to leave.
    else if (found.stopping) await stopFast(found.pid, data, server.machine);
    else if (found.port && (await answers(await addressOf(server.folder, found.port), data)))
      return adopt(server.folder, found.port);
    await pause(30);
  }
  throw new Unavailable(
    `the embedded database did not get ready within ${START_MS / 1000} s; its log is ${server.folder.log}`,
  );
}

async function adopt(folder: Folder, port: number): Promise<string> {
  if (Number(await readNote(folder.port)) !== port) await writeNote(folder.port, String(port));
  return addressOf(folder, port);
}

/** Returns when the server answers, or ended in a way that another look may mend. */
async function start(server: Server, binaries: Binaries): Promise<void> {
  const { folder } = server;
  const site = await settleSite(folder, server.machine, binaries, server.tell);
  await initialise(site, await passwordOf(folder));
  await disownStalePid(site.data);
  const port = await portFor(folder);
  const from = await turnLog(folder.log);
  const launched = launch(site, folder.log, port);
  if (await getsReady(launched, await addressOf(folder, port), site.data)) return;
  const said = await logSince(folder.log, from);
  if (launched.wasKilled || PASSING.test(said)) return pause(AGAIN_MS);
  throw new Unavailable(`PostgreSQL did not start on ${site.data}: ${said || launched.end}`);
}

/** Another start was faster, children of a killed server are still there, or the port was taken meanwhile. */
const PASSING = /already exists|still in use|could not bind/;

/** False when the process ended before it answered. */
async function getsReady(launched: Launched, url: string, data: string): Promise<boolean> {
  try {
    while (launched.running) {
      if (await answers(url, data)) return true;
      await pause(30);
    }
    return false;
  } catch (error) {
    launched.stop();
    throw error;
  }
}
