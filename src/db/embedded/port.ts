/** The port of the embedded database: chosen once per data folder, since others remember it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Folder, readNote, writeNote } from './folder.ts';

/** A server that was killed a moment ago may leave its port busy for a little while. */
const BUSY_MS = 3_000;

/** The folder's port; another one, written down, when some other program has taken it. */
export async function portFor(folder: Folder): Promise<number> {
  const known = Number(await readNote(folder.port));
  if (known && (await waitUntilFree(known))) return known;
  const port = await freePort();
  await writeNote(folder.port, String(port));
  return port;
}

async function waitUntilFree(port: number): Promise<boolean> {
  const until = performance.now() + BUSY_MS;
  while (performance.now() < until) {
    if (await isFree(port)) return true;
    await pause(100);
  }
  return false;
}

/** Below the ports that systems give to outgoing connections, which could sit on it after a restart. */
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
