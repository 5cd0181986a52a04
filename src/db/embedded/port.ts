/** The port of the embedded database: chosen once per data folder, since other processes remember it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Folder, readNote, writeNote } from './folder.ts';

/** A server that was just killed may leave its port busy for a moment. */
const MAX_BUSY_MS = 3_000;

/** The folder's port; a new one, which is saved, when another program has taken it. */
export async function portFor(folder: Folder): Promise<number> {
  const known = Number(await readNote(folder.port));
  if (known && (await waitUntilFree(known))) return known;
  const port = await freePort();
  await writeNote(folder.port, String(port));
  return port;
}

async function waitUntilFree(port: number): Promise<boolean> {
  const until = performance.now() + MAX_BUSY_MS;
  while (performance.now() < until) {
    if (await isFree(port)) return true;
    await pause(100);
  }
  return false;
}

/** Below the ports that systems assign to outgoing connections, which could occupy it after a restart. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
