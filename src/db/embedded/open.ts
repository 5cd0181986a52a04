/**
 * The embedded database: a real PostgreSQL server in the data folder, shared by all Postrider processes that use the
 * folder. The first process that needs the server starts it, and the last one to leave stops it. One process at a time
 * decides whether to start or stop it (`lock.ts`), by the list of processes that still use it (`clients.ts`). A server
 * that outlived the process that started it is adopted (`postmaster.ts`), and one that is killed while in use is
 * restarted (`supervisor.ts`).
 */
import { registerClient, unregisterClient } from './clients.ts';
import { openFolder } from './folder.ts';
import { withLock } from './lock.ts';
import { thisMachine } from './machine.ts';
import type { Server } from './server.ts';
import { ensureRunning } from './start.ts';
import { stopServer } from './stop.ts';
import { supervise } from './supervisor.ts';

export interface EmbeddedOptions {
  /** The data folder; the database lives in its subfolder `postgres`. */
  home: string;
  log: EmbeddedLog;
  /** Called with one sentence that the operator should read. */
  tell: (sentence: string) => void;
}

interface EmbeddedLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

interface Embedded {
  /** Valid as long as this is open, even after the database was killed and restarted. */
  readonly url: string;
  /** Stops the server if no other process uses it. Call it after all pools have ended. */
  close(): Promise<void>;
}

export async function openEmbedded(options: EmbeddedOptions, machine = thisMachine()): Promise<Embedded> {
  const server = { folder: await openFolder(options.home), machine, tell: options.tell };
  const { url, name } = await joinServer(server);
  options.log.info({ folder: server.folder.root }, 'the embedded database is open');
  const supervisor = supervise({
    url,
    restart: () => restart(server, url, options.log),
    onFault: (error) => options.log.error({ err: error }, 'the embedded database could not be restarted'),
  });
  let closed: Promise<void> | undefined;
  return {
    url,
    close() {
      closed ??= supervisor.stop().then(() => disconnect(server, name));
      return closed;
    },
  };
}

function joinServer(server: Server): Promise<{ url: string; name: string }> {
  return withLock(server.folder.lock, async () => {
    const url = await ensureRunning(server);
    return { url, name: await registerClient(server.folder.clients) };
  });
}

function disconnect(server: Server, name: string): Promise<void> {
  return withLock(server.folder.lock, async () => {
    if (await unregisterClient(server.folder.clients, name)) await stopServer(server);
  });
}

async function restart(server: Server, url: string, log: EmbeddedLog): Promise<void> {
  log.warn({}, 'the connection to the embedded database broke; restarting the server if needed');
  const now = await withLock(server.folder.lock, () => ensureRunning(server));
  if (now === url) return;
  throw new Error('another program has taken its port: restart this process');
}
