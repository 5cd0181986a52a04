/**
 * The embedded database: a real PostgreSQL in the data folder, for all Postrider processes that use the folder.
 * The first that needs it starts it, the others share it, the last one out stops it. Whether to start or to stop
 * is decided by one process at a time (`door`), from who is still there (`members`); a server that outlived its
 * starters is adopted (`postmaster`), and one that is killed while somebody uses it is brought back (`guard`).
 */

import { enrol, leave } from './clients.ts';
import { openFolder } from './folder.ts';
import { throughDoor } from './lock.ts';
import { thisMachine } from './machine.ts';
import type { Server } from './parts.ts';
import { ensureRunning } from './start.ts';
import { stopServer } from './stop.ts';
import { guard } from './supervisor.ts';

export interface EmbeddedOptions {
  /** The data folder; the database takes its folder `postgres`. */
  home: string;
  log: EmbeddedLog;
  /** Takes one sentence that a person should read. */
  tell: (sentence: string) => void;
}

export interface EmbeddedLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

export interface Embedded {
  /** Good for as long as this is open, also after the database was killed and came back. */
  readonly url: string;
  /** Leaves the database, and stops it when nobody else is there. To be called after all pools have ended. */
  close(): Promise<void>;
}

export async function openEmbedded(options: EmbeddedOptions, machine = thisMachine()): Promise<Embedded> {
  const server = { folder: await openFolder(options.home), machine, tell: options.tell };
  const { url, name } = await enter(server);
  options.log.info({ folder: server.folder.root }, 'the embedded database is open');
  const watch = guard({
    url,
    revive: () => revive(server, url, options.log),
    onFault: (error) => options.log.error({ err: error }, 'the embedded database could not be started again'),
  });
  let closed: Promise<void> | undefined;
  return {
    url,
    close() {
      closed ??= watch.stop().then(() => exit(server, name));
      return closed;
    },
  };
}

function enter(server: Server): Promise<{ url: string; name: string }> {
  return throughDoor(server.folder.door, async () => {
    const url = await ensureRunning(server);
    return { url, name: await enrol(server.folder.members) };
  });
}

function exit(server: Server, name: string): Promise<void> {
  return throughDoor(server.folder.door, async () => {
    if (await leave(server.folder.members, name)) await stopServer(server);
  });
}

async function revive(server: Server, url: string, log: EmbeddedLog): Promise<void> {
  log.warn({}, 'the connection to the embedded database broke; starting it again where needed');
  const now = await throughDoor(server.folder.door, () => ensureRunning(server));
  if (now === url) return;
  throw new Error('its port was taken by another program meanwhile: restart this process');
}
