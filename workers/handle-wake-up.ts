/** What a worker does with a wake-up: it runs the job for an issue's plan or the one for a lane. */
import type { WorkerContext } from '../src/delivery/worker/context.ts';
import type { WakeUp } from '../src/ports.ts';
import { issueName } from '../src/sends/issue-name.ts';
import { PLAN_LANE } from '../src/sends/wake.ts';
import { deliverLane } from './lane.ts';
import { planIssue } from './plan.ts';

/** Never rejects: a failure is logged, and the sweep wakes a worker again. */
export async function handleWakeUp(context: WorkerContext, wakeUp: WakeUp): Promise<void> {
  if (context.draining.aborted) return;
  try {
    await (wakeUp.lane === PLAN_LANE ? planIssue(context, wakeUp) : deliverLane(context, wakeUp));
  } catch (error) {
    const issue = await issueName(context.db, wakeUp.issue);
    context.log.error(
      { issue, lane: wakeUp.lane, error: (error as Error).message },
      'a wake-up failed; the sweep will wake a worker again',
    );
  }
}
