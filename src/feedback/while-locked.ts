/**
 * Runs `act` if no other process holds the lock, and as long as we do. The lock belongs to a database connection, so it
 * is free as soon as its process is gone; if the connection breaks, `act` is told to stop.
 */
import { sql } from 'kysely';
import type { FeedbackContext } from './apply-report.ts';

/** Any fixed numbers: one for each job that one process at a time does. */
export const MAILBOX_LOCK = 706_857_435;
export const REFUSALS_LOCK = 706_857_437;

/** False: another process has the lock. */
export async function whileLocked(
  { db, clock }: Pick<FeedbackContext, 'db' | 'clock'>,
  { lock, checkMs }: { lock: number; checkMs: number },
  stopped: AbortSignal,
  act: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ ours: boolean }>`SELECT pg_try_advisory_lock(${lock}) AS ours`.execute(
      connection,
    );
    if (!rows[0]!.ours) return false;
    const over = new AbortController();
    const signal = AbortSignal.any([stopped, over.signal]);
    const watching = (async () => {
      while (!signal.aborted) {
        await clock.sleep(checkMs, signal);
        await sql`SELECT 1`.execute(connection).catch(() => over.abort());
      }
    })();
    try {
      await act(signal);
      return true;
    } finally {
      over.abort();
      await watching;
      await sql`SELECT pg_advisory_unlock(${lock})`.execute(connection).catch(() => {});
    }
  });
}
