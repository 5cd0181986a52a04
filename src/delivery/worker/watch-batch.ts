/**
 * Watches a batch until its last message has ended: a pause must not wait for a slow relay, nor a batch for a relay
 * that is down while another one is up.
 */
import type { BatchInProgress } from './batch-in-progress.ts';
import type { WorkerContext } from './context.ts';
import { stillSends } from './issue-state.ts';
import type { LaneSlice } from './lane-slice.ts';

/** How often a waiting batch checks whether its issue is still sending. */
const LOOK_MS = 500;

export async function watchUntilFinished(
  context: WorkerContext,
  slice: LaneSlice,
  open: BatchInProgress,
): Promise<void> {
  const { finished } = open;
  while (!finished.aborted) {
    const waitMs = open.stop.aborted ? LOOK_MS : Math.min(LOOK_MS, Math.max(0, slice.lateInMs));
    await context.clock.sleep(waitMs, finished);
    if (finished.aborted) break;
    if (!(await stillSends(context, slice.issueId))) slice.stop.abort();
    if (slice.lateInMs <= 0 || shouldMove(open)) open.giveBack();
    // A message may have been put back into the queue while its batch stopped.
    if (open.stop.aborted) open.dispatcher.dropStopped();
  }
}

/** Its relay is down and another one is up; or we back off from it, and the next slice reports for how long. */
function shouldMove({ dispatcher, otherDispatchers }: BatchInProgress): boolean {
  if (dispatcher.health.backoff) return true;
  return !dispatcher.health.isUp && otherDispatchers.some((other) => other.health.isUp);
}
