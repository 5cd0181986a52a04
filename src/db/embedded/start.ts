/** Finds the server running, or starts it. Called only under the lock. */
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '../../errors.ts';
import { isServerOf, serverUrl } from './address.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { dataPath, prepareDataFolder, refuseOtherMajor } from './data-folder.ts';
import { type Folder, passwordOf, readNote, writeNote } from './folder.ts';
import { initialise } from './initialise.ts';
import { type LaunchedServer, launch } from './launch.ts';
import { portFor } from './port.ts';
import { disownStalePid, findPostmaster } from './postmaster.ts';
import type { Server } from './server.ts';
import { readLogFrom, rotateLog } from './server-log.ts';
import { requestFastShutdown } from './stop.ts';

/** Recovery after a crash can take a while, so we wait for a server that is recovering. */
const MAX_START_MS = 150_000;
const SLOW_START_MS = 5_000;
const RETRY_MS = 200;

/** Adopts the server that already runs on the folder, or starts one. Returns its URL. */
export async function ensureRunning(server: Server): Promise<string> {
  const slow = setTimeout(() => server.tell('Waiting for the embedded database to start.'), SLOW_START_MS);
  try {
    const binaries = await findBinaries(server.machine);
    await refuseOtherMajor(await dataPath(server.folder), binaries);
    return await adoptOrStart(server, binaries);
  } finally {
    clearTimeout(slow);
  }
}

async function adoptOrStart(server: Server, binaries: Binaries): Promise<string> {
  const until = performance.now() + MAX_START_MS;
  while (performance.now() < until) {
    const data = await dataPath(server.folder);
    const found = await findPostmaster(data);
    if (!found) await start(server, binaries);
    // Somebody asked it for a smart shutdown: it accepts no new connections, but waits for the open ones to end.
    else if (found.stopping) await requestFastShutdown(found.pid, data, server.machine);
    else if (found.port && (await isServerOf(await serverUrl(server.folder, found.port), data)))
      return adopt(server.folder, found.port);
    await pause(30);
  }
  throw new Unavailable(
    `the embedded database was not ready within ${MAX_START_MS / 1000} s; its log is ${server.folder.log}`,
  );
}

async function adopt(folder: Folder, port: number): Promise<string> {
  if (Number(await readNote(folder.port)) !== port) await writeNote(folder.port, String(port));
  return serverUrl(folder, port);
}

/** Returns once the server answers, or has ended for a reason that may pass by itself. */
async function start(server: Server, binaries: Binaries): Promise<void> {
  const { folder } = server;
  const data = await prepareDataFolder(folder, server.machine, binaries, server.tell);
  await initialise(data, await passwordOf(folder));
  await disownStalePid(data.path);
  const port = await portFor(folder);
  const from = await rotateLog(folder.log);
  const launched = launch(data, folder.log, port);
  if (await becomesReady(launched, await serverUrl(folder, port), data.path)) return;
  const output = await readLogFrom(folder.log, from);
  if (launched.wasKilled || RETRYABLE.test(output)) return pause(RETRY_MS);
  throw new Unavailable(`PostgreSQL did not start on ${data.path}: ${output || launched.end}`);
}

/** Another start was faster, children of a killed server are still running, or the port was taken meanwhile. */
const RETRYABLE = /already exists|still in use|could not bind/;

/** False when the process ended before it answered. */
async function becomesReady(launched: LaunchedServer, url: string, data: string): Promise<boolean> {
  try {
    while (launched.running) {
      if (await isServerOf(url, data)) return true;
      await pause(30);
    }
    return false;
  } catch (error) {
    launched.stop();
    throw error;
  }
}
