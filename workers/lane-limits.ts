/** The job that updates the lane throttles with what all workers have learned and an operator has set. */
import { LOOK_MS } from '../src/delivery/throttle/lane-throttles.ts';
import type { WorkerContext } from '../src/delivery/worker/context.ts';
import { repeat } from './repeat.ts';

export function laneLimits(context: WorkerContext, stopped: AbortSignal): Promise<void> {
  return repeat(context, stopped, { everyMs: LOOK_MS, what: 'look at the lanes' }, () =>
    context.lanes.look(),
  );
}
