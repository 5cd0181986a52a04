/** Fan-out: writes an issue's plan page by page and rings the first wakeUps as soon as the first page stands. */
import { refreshStatistics } from '../../db/partitions.ts';
import { audience, tally } from '../../ledger/counts.ts';
import { idleLanes } from '../../ledger/lanes/idle-lanes.ts';
import { readLanes } from '../../ledger/lanes/lanes.ts';
import { planPage } from '../../ledger/plan.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import type { WakeUp } from '../../ports.ts';
import { finishIssue } from '../../sends/finish.ts';
import { wakeAgain, wakeLanes } from '../../sends/wake.ts';
import type { WorkerContext } from './context.ts';

/** The first page is small, so that the first message goes out at once. */
const FIRST_PAGE = 500;
const PAGE = 5_000;
/** One wakeUp plans for this long, then lets others through. */
const SLICE_MS = 2_000;

export async function fanOut(context: WorkerContext, wakeUp: WakeUp): Promise<void> {
  const until = context.clock.monotonic() + SLICE_MS;
  const rung = new Set<string>();
  // Where the slice before this one has left off.
  let planned = audience(await tally(context.db, wakeUp.issue));
  let size = planned === 0 ? FIRST_PAGE : PAGE;
  const lanes = await readLanes(context.db);
  for (; !context.draining() && context.clock.monotonic() < until; size = PAGE) {
    const page = await planPage(context.db, wakeUp.issue, lanes, size);
    const fresh = page.lanes.filter((lane) => !rung.has(lane));
    for (const lane of fresh) rung.add(lane);
    if (fresh.length > 0)
      await wakeLanes(context.wakeUps, wakeUp.issue, fresh, await liveWorkers(context.db));
    if (lanes.classifyByMx) void context.mxClassifier.classify(wakeUp.issue);
    // A plan is worked on while it grows: what the planner knows of it follows each time it has doubled.
    if (doublings(planned + page.planned) > doublings(planned))
      await refreshStatistics(context.db, wakeUp.issue);
    planned += page.planned;
    if (page.done) {
      if (!(await finishIssue(context.db, wakeUp.issue))) await ringWaiting(context, wakeUp.issue);
      return;
    }
  }
  await wakeAgain(context.wakeUps, wakeUp);
}

/** How often a first page has doubled; -1: nothing is planned yet. */
const doublings = (planned: number): number =>
  planned === 0 ? -1 : Math.max(0, Math.floor(Math.log2(planned / FIRST_PAGE)));

/** A plan that is closed already: the wakeUp was rung because the send goes on (resumed, or has work again). */
async function ringWaiting(context: WorkerContext, issueId: number): Promise<void> {
  const workers = await liveWorkers(context.db);
  const idle = await idleLanes(context.db, workers, issueId);
  const lanes = idle.filter((lane) => lane.issue === issueId).map((lane) => lane.lane);
  if (lanes.length > 0) await wakeLanes(context.wakeUps, issueId, lanes, workers);
}
