/**
 * While this process uses the embedded database it keeps one idle connection to it. When that connection breaks, the
 * first process to get the lock restarts the server on the same port, and the pools of all processes reconnect by
 * themselves.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

interface Supervisor {
  /** Stops watching; the database is left as it is. */
  stop(): Promise<void>;
}

interface SupervisorOptions {
  url: string;
  /** Makes sure that the database runs. */
  restart(): Promise<void>;
  onFault(error: Error): void;
}

const RETRY_MS = 1_000;

export function supervise(options: SupervisorOptions): Supervisor {
  const ending = new AbortController();
  const ended = watch(options, ending.signal);
  return {
    async stop() {
      ending.abort();
      await ended;
    },
  };
}

async function watch(options: SupervisorOptions, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    try {
      await connectionEnds(options.url, ending);
      if (!ending.aborted) await options.restart();
    } catch (error) {
      options.onFault(error as Error);
      await pause(RETRY_MS, undefined, { ref: false, signal: ending }).catch(() => {});
    }
  }
}

/** `ref` and `unref` are missing in @types/pg. */
type UnrefClient = pg.Client & { ref(): void; unref(): void };

/** Resolves when the connection is over: it broke, could not be opened, or we stop watching. */
async function connectionEnds(url: string, ending: AbortSignal): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'postrider supervisor',
  }) as UnrefClient;
  const over = new Promise<void>((resolve) => client.once('end', resolve));
  client.on('error', () => {});
  const end = () => {
    client.ref();
    client.end().catch(() => {});
  };
  try {
    await client.connect();
  } catch {
    return;
  }
  client.unref(); // watching alone must not keep a process alive
  ending.addEventListener('abort', end, { once: true });
  if (ending.aborted) end();
  await over;
  ending.removeEventListener('abort', end);
}
