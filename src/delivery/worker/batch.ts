/**
 * Works one lane of one issue for a slice of time: leases windows, gives their deliveries to the dispatcher of a relay,
 * and rings again when work is left. At most two windows a relay are open at once, so that connections never wait
 * for a lease, and a pause gives back little. What a slow or dead relay has not begun soon after the slice is given
 * back, so that no lane keeps a worker's hearing from the others.
 */
import { type Batch, leaseBatch, nextDue } from '../../ledger/lease.ts';
import { type BudgetWait, roomOf } from '../../ledger/relays/budget.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { noteWait } from '../../ledger/workers/batch-waits.ts';
import type { WakeUp } from '../../ports.ts';
import { finishIssue } from '../../sends/finish.ts';
import { beginServing, pauseForRelay, type Serving } from '../../sends/send-settings.ts';
import { wakeAgain } from '../../sends/wake.ts';
import type { Dispatcher } from '../relay/dispatcher.ts';
import type { RouteCandidate } from '../relay/routes.ts';
import type { WorkerContext } from './context.ts';
import { deliverBatch, type Stop } from './deliver.ts';

const SLICE_MS = 5_000;
/** A slice while more wakeUps ring than are heard: a large issue must not keep a small one from being heard. */
const SHORT_SLICE_MS = 400;
const SMALLEST_WINDOW = 200;
/** For each connection: a window costs some fifteen statements, which many deliveries should share. */
const WINDOW_A_CONNECTION = 16;
/** Where several relays share an issue, smaller windows keep to their weights. */
const SMALLEST_SHARED_WINDOW = 50;
/** A lane that was faster than its plan looks again after this; one that must wait for all of it, after the other. */
const GROWS_MS = 50;
const WHOLE_PLAN_MS = 500;
/** A worker without a connection to a relay that has none left looks again after this. */
const SEATLESS_MS = 1_000;
/** Whatever is waited for, an operator may change it meanwhile. */
const LONGEST_WAIT_MS = 60_000;

export async function deliverLane(context: WorkerContext, wakeUp: WakeUp): Promise<void> {
  const serving = await beginServing(context, wakeUp.issue);
  if (!serving) return;
  const ways = context.routes.candidatesFor(serving.relay, wakeUp.issue === SERVICE ? 'service' : 'issues');
  if (ways.length === 0) return void (await pauseForRelay(context, wakeUp.issue, serving));
  if (serving.recentFirst && !serving.planned) return wakeAgain(context.wakeUps, wakeUp, WHOLE_PLAN_MS);
  const left = await leaseAndCarry(context, wakeUp, ways, serving);
  if (context.draining() || left === 'more') return wakeAgain(context.wakeUps, wakeUp);
  if (left !== 'nothing') return waitAndRing(context, wakeUp, left);
  if (wakeUp.issue !== SERVICE && (await finishIssue(context.db, wakeUp.issue))) {
    context.log.info({ issue: serving.name }, 'the issue is sent');
    return;
  }
  const due = await nextDue(context.db, wakeUp.issue, wakeUp.lane);
  if (!serving.planned) await wakeAgain(context.wakeUps, wakeUp, GROWS_MS);
  else if (due) await wakeAgain(context.wakeUps, wakeUp, Math.max(due.inMs, 50));
}

/** `why`: told to those who look on, with when it is over where that is later than the next look. */
interface Waits {
  waitMs: number;
  why: string | null;
  overInMs?: number;
}

async function waitAndRing(
  context: WorkerContext,
  wakeUp: WakeUp,
  { waitMs, why, overInMs }: Waits,
): Promise<void> {
  if (why !== null && wakeUp.issue !== SERVICE)
    await noteWait(context.db, wakeUp.issue, why, overInMs ?? waitMs);
  await wakeAgain(context.wakeUps, wakeUp, Math.min(waitMs, LONGEST_WAIT_MS));
}

/** What a slice leaves of its lane. */
type Left = 'nothing' | 'more' | Waits;

async function leaseAndCarry(
  context: WorkerContext,
  wakeUp: WakeUp,
  ways: readonly RouteCandidate[],
  serving: Serving,
): Promise<Left> {
  const { quiet } = serving;
  if (quiet && quiet.overInMs > 0) return { waitMs: quiet.overInMs, why: 'quiet hours of the newsletter' };
  const began = context.clock.monotonic();
  const since = () => context.clock.monotonic() - began;
  const slice = () => Math.min(context.crowded() ? SHORT_SLICE_MS : SLICE_MS, quiet?.beginsInMs ?? SLICE_MS);
  const late = () => since() > Math.min(2 * slice(), quiet?.beginsInMs ?? Number.POSITIVE_INFINITY);
  const stop: Stop = { asked: false, late };
  const open = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let left: Left = 'more';
  try {
    while (
      left === 'more' &&
      faults.length === 0 &&
      !stop.asked &&
      !context.draining() &&
      since() < slice()
    ) {
      const workerId = context.workerId();
      const leased = await nextWindow(context, wakeUp, ways, workerId);
      if ('left' in leased) {
        left = leased.left;
        break;
      }
      const { window, dispatcher } = leased;
      const others = ways.map((way) => way.dispatcher).filter((other) => other !== dispatcher);
      const carried: Promise<void> = deliverBatch(context, {
        issueId: wakeUp.issue,
        serving,
        workerId,
        window,
        dispatcher,
        others,
        stop,
      })
        .catch((error) => {
          noteFault(context, serving.name, wakeUp.lane, error);
          faults.push(error);
        })
        .finally(() => open.delete(carried));
      open.add(carried);
      if (open.size >= 2 * ways.length) await Promise.race(open);
    }
  } finally {
    // Also after a fault: a drain waits for this wakeUp, so what is on the connection belongs to it.
    await Promise.all(open);
  }
  if (faults.length > 0) throw faults[0];
  return stop.asked ? 'more' : left;
}

function noteFault(context: WorkerContext, issue: string, lane: string, error: unknown): void {
  context.log.error(
    { issue, lane, error: error instanceof Error ? error.message : String(error) },
    'a window could not be carried; what waits of it is given back',
  );
}

type Leased = { window: Batch; dispatcher: Dispatcher } | { left: Left };

/** Of the relay whose turn it is; when that may take nothing now, of another. The shortest wait is told. */
async function nextWindow(
  context: WorkerContext,
  wakeUp: WakeUp,
  ways: readonly RouteCandidate[],
  workerId: number,
): Promise<Leased> {
  const rest = [...ways];
  let waits: Waits | null = null;
  while (rest.length > 0) {
    const { way, took } = context.routes.choose(wakeUp.issue, rest);
    rest.splice(rest.indexOf(way), 1);
    const size = sizeFor(way.dispatcher, ways.length > 1);
    const found = await leaseFrom(context, wakeUp, way.dispatcher, workerId, size);
    const leased = found !== 'nothing' && 'deliveries' in found ? found : null;
    took((leased?.deliveries.length ?? 0) / size);
    if (found === 'nothing') return { left: 'nothing' };
    if ('deliveries' in found) return { window: found, dispatcher: way.dispatcher };
    if (waits === null || found.waitMs < waits.waitMs) waits = found;
  }
  return { left: waits ?? 'nothing' };
}

const sizeFor = ({ relay }: Dispatcher, shared: boolean): number =>
  Math.max(shared ? SMALLEST_SHARED_WINDOW : SMALLEST_WINDOW, relay.settings.pool * WINDOW_A_CONNECTION);

/** As many deliveries as connections can use, the lane may have and the relay may take. No lane holds a service mail. */
async function leaseFrom(
  context: WorkerContext,
  wakeUp: WakeUp,
  dispatcher: Dispatcher,
  workerId: number,
  size: number,
): Promise<Batch | Waits | 'nothing'> {
  const { settings } = dispatcher.relay;
  const { rest } = dispatcher.health;
  if (rest) return { waitMs: rest.ms, why: rest.why, overInMs: rest.endsMs };
  const free: { most: number; probe?: true } = { most: Number.POSITIVE_INFINITY };
  const entry = wakeUp.issue === SERVICE ? free : await context.lanes.enter(settings.name, wakeUp.lane);
  if ('waitMs' in entry) return { ...entry, why: null };
  if (!(await dispatcher.mayConnect())) return { waitMs: SEATLESS_MS, why: null };
  const room: { waits: BudgetWait | null } = { waits: null };
  const lease = leaseBatch(context.db, {
    issueId: wakeUp.issue,
    lane: wakeUp.lane,
    workerId,
    size: Math.min(size, entry.most),
    relay: settings.name,
    probe: 'probe' in entry,
    room: async (trx) => {
      const purpose = wakeUp.issue === SERVICE ? 'service' : 'issues';
      const found = await roomOf(trx, settings.name, settings, purpose);
      room.waits = found.waits;
      return found.free;
    },
  });
  const window = await context.batches.hold(lease);
  return window ?? (room.waits === null ? 'nothing' : budgetWait(settings.name, room.waits));
}

function budgetWait(relay: string, { span, limit, inMs }: BudgetWait): Waits {
  if (span === null) return { waitMs: inMs, why: null };
  const why =
    span === 'warm-up'
      ? `relay ${relay} is being warmed up: its ${limit} messages a day are used up`
      : `relay ${relay} has taken its ${limit} messages of ${span === 'hour' ? 'an hour' : `a ${span}`}`;
  return { waitMs: inMs, why };
}
