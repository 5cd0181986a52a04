/**
 * The job of fan-out: writes an issue's plan page by page, and wakes the first workers as soon as the first page is
 * written.
 */
import { refreshStatistics } from '../src/db/partitions.ts';
import type { WorkerContext } from '../src/delivery/worker/context.ts';
import { audience, tally } from '../src/ledger/counts.ts';
import { idleLanes } from '../src/ledger/lanes/idle-lanes.ts';
import { readLanes } from '../src/ledger/lanes/lanes.ts';
import { planPage } from '../src/ledger/plan.ts';
import { liveWorkers } from '../src/ledger/workers/leases.ts';
import type { WakeUp } from '../src/ports.ts';
import { finishIssue } from '../src/sends/finish.ts';
import { wakeAgain, wakeLanes } from '../src/sends/wake.ts';

/** The first page is small, so that the first message goes out at once. */
const FIRST_PAGE = 500;
const PAGE = 5_000;
/** One wake-up plans for this long, then lets other wake-ups through. */
const SLICE_MS = 2_000;

export async function planIssue(context: WorkerContext, wakeUp: WakeUp): Promise<void> {
  const until = context.clock.monotonic() + SLICE_MS;
  const woken = new Set<string>();
  // Where the slice before this one left off.
  let planned = audience(await tally(context.db, wakeUp.issue));
  let size = planned === 0 ? FIRST_PAGE : PAGE;
  const lanes = await readLanes(context.db);
  for (; !context.draining.aborted && context.clock.monotonic() < until; size = PAGE) {
    const page = await planPage(context.db, wakeUp.issue, lanes, size);
    const fresh = page.lanes.filter((lane) => !woken.has(lane));
    for (const lane of fresh) woken.add(lane);
    if (fresh.length > 0)
      await wakeLanes(context.wakeUps, wakeUp.issue, fresh, await liveWorkers(context.db));
    if (lanes.classifyByMx) void context.mxClassifier.classify(wakeUp.issue);
    // Messages go out while the plan grows, so the query planner's statistics follow each time it has doubled.
    if (doublings(planned + page.planned) > doublings(planned))
      await refreshStatistics(context.db, wakeUp.issue);
    planned += page.planned;
    if (page.done) {
      if (!(await finishIssue(context.db, wakeUp.issue))) await wakeIdleLanes(context, wakeUp.issue);
      return;
    }
  }
  await wakeAgain(context.wakeUps, wakeUp);
}

/** How often the first page's size has doubled; -1: nothing is planned yet. */
const doublings = (planned: number): number =>
  planned === 0 ? -1 : Math.max(0, Math.floor(Math.log2(planned / FIRST_PAGE)));

/** The plan was complete already: the send continues, because it was resumed or has work again. */
async function wakeIdleLanes(context: WorkerContext, issueId: number): Promise<void> {
  const workers = await liveWorkers(context.db);
  const idle = await idleLanes(context.db, workers, issueId);
  const lanes = idle.filter((lane) => lane.issue === issueId).map((lane) => lane.lane);
  if (lanes.length > 0) await wakeLanes(context.wakeUps, issueId, lanes, workers);
}
