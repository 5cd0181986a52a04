/** Fan-out: writes an issue's plan page by page and rings the first bells as soon as the first page stands. */
import { refreshStatistics } from '../../db/partitions.ts';
import { audience, tally } from '../../ledger/counts.ts';
import { idleLanes } from '../../ledger/lanes/idle-lanes.ts';
import { readLanes } from '../../ledger/lanes/lanes.ts';
import { planPage } from '../../ledger/plan.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import type { Bell } from '../../ports.ts';
import { finishIssue } from '../../sends/finish.ts';
import { ringAgain, ringLanes } from '../../sends/wake.ts';
import type { Engine } from './context.ts';

/** The first page is small, so that the first message goes out at once. */
const FIRST_PAGE = 500;
const PAGE = 5_000;
/** One bell plans for this long, then lets others through. */
const SLICE_MS = 2_000;

export async function fanOut(engine: Engine, bell: Bell): Promise<void> {
  const until = engine.clock.monotonic() + SLICE_MS;
  const rung = new Set<string>();
  // Where the slice before this one has left off.
  let planned = audience(await tally(engine.db, bell.issue));
  let size = planned === 0 ? FIRST_PAGE : PAGE;
  const lanes = await readLanes(engine.db);
  for (; !engine.draining() && engine.clock.monotonic() < until; size = PAGE) {
    const page = await planPage(engine.db, bell.issue, lanes, size);
    const fresh = page.lanes.filter((lane) => !rung.has(lane));
    for (const lane of fresh) rung.add(lane);
    if (fresh.length > 0) await ringLanes(engine.bells, bell.issue, fresh, await liveWorkers(engine.db));
    if (lanes.exchanges) void engine.scout.look(bell.issue);
    // A plan is worked on while it grows: what the planner knows of it follows each time it has doubled.
    if (doublings(planned + page.planned) > doublings(planned))
      await refreshStatistics(engine.db, bell.issue);
    planned += page.planned;
    if (page.done) {
      if (!(await finishIssue(engine.db, bell.issue))) await ringWaiting(engine, bell.issue);
      return;
    }
  }
  await ringAgain(engine.bells, bell);
}

/** How often a first page has doubled; -1: nothing is planned yet. */
const doublings = (planned: number): number =>
  planned === 0 ? -1 : Math.max(0, Math.floor(Math.log2(planned / FIRST_PAGE)));

/** A plan that is closed already: the bell was rung because the send goes on (resumed, or has work again). */
async function ringWaiting(engine: Engine, issueId: number): Promise<void> {
  const workers = await liveWorkers(engine.db);
  const idle = await idleLanes(engine.db, workers, issueId);
  const lanes = idle.filter((lane) => lane.issue === issueId).map((lane) => lane.lane);
  if (lanes.length > 0) await ringLanes(engine.bells, issueId, lanes, workers);
}
