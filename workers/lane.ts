/**
 * The job that works on one lane of an issue for a slice of time, and wakes the lane again for the work that is left.
 */

import { deliverBatches, type Remainder } from '../src/delivery/send.ts';
import type { WorkerContext } from '../src/delivery/worker/context.ts';
import { LaneSlice } from '../src/delivery/worker/lane-slice.ts';
import type { LaneWait } from '../src/delivery/worker/lease-batch.ts';
import { nextDue } from '../src/ledger/lease.ts';
import { SERVICE } from '../src/ledger/service-mail.ts';
import { noteWait } from '../src/ledger/workers/batch-waits.ts';
import type { WakeUp } from '../src/ports.ts';
import { finishIssue } from '../src/sends/finish.ts';
import { pauseForRelay, readSendSettings } from '../src/sends/send-settings.ts';
import { wakeAgain } from '../src/sends/wake.ts';

/** If a send's order is known only once everybody is planned, its lanes check again after this. */
const WHOLE_PLAN_MS = 500;
/** A lane that has caught up with its plan checks again after this. */
const PLAN_GROWS_MS = 50;
const MIN_RETRY_MS = 50;
/** Whatever a lane waits for, an operator may change it meanwhile. */
const MAX_WAIT_MS = 60_000;

export async function deliverLane(context: WorkerContext, wakeUp: WakeUp): Promise<void> {
  const settings = await readSendSettings(context, wakeUp.issue);
  if (!settings) return;
  const purpose = wakeUp.issue === SERVICE ? 'service' : 'issues';
  const relays = context.routes.candidatesFor(settings.relay, purpose);
  if (relays.length === 0) return pauseForRelay(context, wakeUp.issue, settings);
  if (settings.recentFirst && !settings.planned) return wakeAgain(context.wakeUps, wakeUp, WHOLE_PLAN_MS);
  const slice = new LaneSlice(context, wakeUp, settings, relays);
  const remainder = await deliverBatches(context, slice);
  await wakeNext(context, wakeUp, slice, remainder);
}

/** Sends no wake-up for a lane that is done. */
async function wakeNext(
  context: WorkerContext,
  wakeUp: WakeUp,
  slice: LaneSlice,
  remainder: Remainder,
): Promise<void> {
  const { wakeUps, db, draining } = context;
  if (draining.aborted || remainder === 'more') return wakeAgain(wakeUps, wakeUp);
  if (remainder !== 'nothing') return wakeAfterWait(context, wakeUp, slice, remainder);
  if (!slice.isService && (await finishIssue(db, slice.issueId))) {
    context.log.info({ issue: slice.settings.name }, 'the issue is sent');
    return;
  }
  const due = await nextDue(db, slice.issueId, slice.lane);
  if (!slice.settings.planned) await wakeAgain(wakeUps, wakeUp, PLAN_GROWS_MS);
  else if (due) await wakeAgain(wakeUps, wakeUp, Math.max(due.inMs, MIN_RETRY_MS));
}

async function wakeAfterWait(
  { db, wakeUps }: WorkerContext,
  wakeUp: WakeUp,
  { issueId, isService }: LaneSlice,
  { waitMs, why, overInMs }: LaneWait,
): Promise<void> {
  if (why !== null && !isService) await noteWait(db, issueId, why, overInMs ?? waitMs);
  await wakeAgain(wakeUps, wakeUp, Math.min(waitMs, MAX_WAIT_MS));
}
