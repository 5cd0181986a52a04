/** Jobs that every worker repeats by its own clock, because they must run even without a queue. */
import type { Clock, Log } from '../src/ports.ts';

/** A failure is logged, and `act` is tried again after the usual interval. Resolves when the signal aborts. */
export async function repeat(
  { clock, log }: { clock: Clock; log: Log },
  stopped: AbortSignal,
  { everyMs, what }: { everyMs: number; what: string },
  act: () => Promise<void>,
): Promise<void> {
  while (!stopped.aborted) {
    try {
      await act();
    } catch (error) {
      log.warn({ error: (error as Error).message }, `${what} failed; trying again`);
    }
    await clock.sleep(everyMs, stopped);
  }
}
