/** The job that suppresses addresses which a relay refused at once; one process at a time does it. */
import type { FeedbackContext } from '../src/feedback/apply-report.ts';
import { applyRefusals, firstRefusals } from '../src/feedback/refused-addresses.ts';
import { REFUSALS_LOCK, whileLocked } from '../src/feedback/while-locked.ts';
import { repeat } from './repeat.ts';

/** Of each period, so that a list with many dead addresses does not slow its own send. */
const BUDGET_SHARE = 0.2;

export function refusedAddresses(
  context: FeedbackContext,
  everyMs: number,
  stopped: AbortSignal,
): Promise<void> {
  const cursor = firstRefusals();
  return repeat(context, stopped, { everyMs, what: 'suppress refused addresses' }, async () => {
    await whileLocked(context, { lock: REFUSALS_LOCK, checkMs: everyMs }, stopped, async (signal) => {
      await applyRefusals(context, cursor, everyMs * BUDGET_SHARE, signal);
    });
  });
}
