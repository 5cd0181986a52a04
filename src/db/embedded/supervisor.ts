/**
 * While this process uses the embedded database it keeps one idle connection to it. When that breaks, the
 * database is looked after: whoever is first through the door starts it again on the same port, and the pools
 * of every process reconnect by themselves.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface Guard {
  /** Ends the watch; the database is left as it is. */
  stop(): Promise<void>;
}

export interface GuardParts {
  url: string;
  /** Makes sure that the database runs. */
  revive(): Promise<void>;
  onFault(error: Error): void;
}

const AGAIN_MS = 1_000;

export function guard(parts: GuardParts): Guard {
  const ending = new AbortController();
  const ended = keepWatch(parts, ending.signal);
  return {
    async stop() {
      ending.abort();
      await ended;
    },
  };
}

async function keepWatch(parts: GuardParts, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    try {
      await connectionEnds(parts.url, ending);
      if (!ending.aborted) await parts.revive();
    } catch (error) {
      parts.onFault(error as Error);
      await pause(AGAIN_MS, undefined, { ref: false, signal: ending }).catch(() => {});
    }
  }
}

/** `ref` and `unref` are missing in @types/pg. */
type WatchClient = pg.Client & { ref(): void; unref(): void };

/** Resolves when the connection is over: it broke, could not be made, or we end the watch. */
async function connectionEnds(url: string, ending: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'postrider guard' }) as WatchClient;
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
  client.unref(); // watching alone is no reason for a process to stay
  ending.addEventListener('abort', end, { once: true });
  if (ending.aborted) end();
  await over;
  ending.removeEventListener('abort', end);
}
