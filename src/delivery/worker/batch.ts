/**
 * Works one lane of one issue for a slice of time: leases windows, gives their deliveries to the courier of a relay,
 * and rings again when work is left. At most two windows a relay are open at once, so that connections never wait
 * for a lease, and a pause gives back little. What a slow or dead relay has not begun soon after the slice is given
 * back, so that no lane keeps a worker's hearing from the others.
 */
import { leaseWindow, nextDue, type Window } from '../../ledger/lease.ts';
import { type BudgetWait, roomOf } from '../../ledger/relays/budget.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { noteWait } from '../../ledger/workers/batch-waits.ts';
import type { Bell } from '../../ports.ts';
import { finishIssue } from '../../sends/finish.ts';
import { beginServing, pauseForRelay, type Serving } from '../../sends/send-settings.ts';
import { ringAgain } from '../../sends/wake.ts';
import type { Courier } from '../relay/dispatcher.ts';
import type { Way } from '../relay/routes.ts';
import type { Engine } from './context.ts';
import { carryWindow, type Stop } from './deliver.ts';

const SLICE_MS = 5_000;
/** A slice while more bells ring than are heard: a large issue must not keep a small one from being heard. */
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

export async function workLane(engine: Engine, bell: Bell): Promise<void> {
  const serving = await beginServing(engine, bell.issue);
  if (!serving) return;
  const ways = engine.routes.waysOf(serving.relay, bell.issue === SERVICE ? 'service' : 'issues');
  if (ways.length === 0) return void (await pauseForRelay(engine, bell.issue, serving));
  if (serving.recentFirst && !serving.planned) return ringAgain(engine.bells, bell, WHOLE_PLAN_MS);
  const left = await leaseAndCarry(engine, bell, ways, serving);
  if (engine.draining() || left === 'more') return ringAgain(engine.bells, bell);
  if (left !== 'nothing') return waitAndRing(engine, bell, left);
  if (bell.issue !== SERVICE && (await finishIssue(engine.db, bell.issue))) {
    engine.log.info({ issue: serving.name }, 'the issue is sent');
    return;
  }
  const due = await nextDue(engine.db, bell.issue, bell.lane);
  if (!serving.planned) await ringAgain(engine.bells, bell, GROWS_MS);
  else if (due) await ringAgain(engine.bells, bell, Math.max(due.inMs, 50));
}

/** `why`: told to those who look on, with when it is over where that is later than the next look. */
interface Waits {
  waitMs: number;
  why: string | null;
  overInMs?: number;
}

async function waitAndRing(engine: Engine, bell: Bell, { waitMs, why, overInMs }: Waits): Promise<void> {
  if (why !== null && bell.issue !== SERVICE) await noteWait(engine.db, bell.issue, why, overInMs ?? waitMs);
  await ringAgain(engine.bells, bell, Math.min(waitMs, LONGEST_WAIT_MS));
}

/** What a slice leaves of its lane. */
type Left = 'nothing' | 'more' | Waits;

async function leaseAndCarry(
  engine: Engine,
  bell: Bell,
  ways: readonly Way[],
  serving: Serving,
): Promise<Left> {
  const { quiet } = serving;
  if (quiet && quiet.overInMs > 0) return { waitMs: quiet.overInMs, why: 'quiet hours of the newsletter' };
  const began = engine.clock.monotonic();
  const since = () => engine.clock.monotonic() - began;
  const slice = () => Math.min(engine.crowded() ? SHORT_SLICE_MS : SLICE_MS, quiet?.beginsInMs ?? SLICE_MS);
  const late = () => since() > Math.min(2 * slice(), quiet?.beginsInMs ?? Number.POSITIVE_INFINITY);
  const stop: Stop = { asked: false, late };
  const open = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let left: Left = 'more';
  try {
    while (left === 'more' && faults.length === 0 && !stop.asked && !engine.draining() && since() < slice()) {
      const workerId = engine.workerId();
      const leased = await nextWindow(engine, bell, ways, workerId);
      if ('left' in leased) {
        left = leased.left;
        break;
      }
      const { window, courier } = leased;
      const others = ways.map((way) => way.courier).filter((other) => other !== courier);
      const carried: Promise<void> = carryWindow(engine, {
        issueId: bell.issue,
        serving,
        workerId,
        window,
        courier,
        others,
        stop,
      })
        .catch((error) => {
          noteFault(engine, serving.name, bell.lane, error);
          faults.push(error);
        })
        .finally(() => open.delete(carried));
      open.add(carried);
      if (open.size >= 2 * ways.length) await Promise.race(open);
    }
  } finally {
    // Also after a fault: a drain waits for this bell, so what is on the wire belongs to it.
    await Promise.all(open);
  }
  if (faults.length > 0) throw faults[0];
  return stop.asked ? 'more' : left;
}

function noteFault(engine: Engine, issue: string, lane: string, error: unknown): void {
  engine.log.error(
    { issue, lane, error: error instanceof Error ? error.message : String(error) },
    'a window could not be carried; what waits of it is given back',
  );
}

type Leased = { window: Window; courier: Courier } | { left: Left };

/** Of the relay whose turn it is; when that may take nothing now, of another. The shortest wait is told. */
async function nextWindow(
  engine: Engine,
  bell: Bell,
  ways: readonly Way[],
  workerId: number,
): Promise<Leased> {
  const rest = [...ways];
  let waits: Waits | null = null;
  while (rest.length > 0) {
    const { way, took } = engine.routes.choose(bell.issue, rest);
    rest.splice(rest.indexOf(way), 1);
    const size = sizeFor(way.courier, ways.length > 1);
    const found = await leaseFrom(engine, bell, way.courier, workerId, size);
    const leased = found !== 'nothing' && 'deliveries' in found ? found : null;
    took((leased?.deliveries.length ?? 0) / size);
    if (found === 'nothing') return { left: 'nothing' };
    if ('deliveries' in found) return { window: found, courier: way.courier };
    if (waits === null || found.waitMs < waits.waitMs) waits = found;
  }
  return { left: waits ?? 'nothing' };
}

const sizeFor = ({ relay }: Courier, shared: boolean): number =>
  Math.max(shared ? SMALLEST_SHARED_WINDOW : SMALLEST_WINDOW, relay.settings.pool * WINDOW_A_CONNECTION);

/** As many deliveries as connections can use, the lane may have and the relay may take. No lane holds a service mail. */
async function leaseFrom(
  engine: Engine,
  bell: Bell,
  courier: Courier,
  workerId: number,
  size: number,
): Promise<Window | Waits | 'nothing'> {
  const { settings } = courier.relay;
  const { rest } = courier.standing;
  if (rest) return { waitMs: rest.ms, why: rest.why, overInMs: rest.endsMs };
  const free: { most: number; probe?: true } = { most: Number.POSITIVE_INFINITY };
  const entry = bell.issue === SERVICE ? free : await engine.lanes.enter(settings.name, bell.lane);
  if ('waitMs' in entry) return { ...entry, why: null };
  if (!(await courier.hasSeat())) return { waitMs: SEATLESS_MS, why: null };
  const room: { waits: BudgetWait | null } = { waits: null };
  const lease = leaseWindow(engine.db, {
    issueId: bell.issue,
    lane: bell.lane,
    workerId,
    size: Math.min(size, entry.most),
    relay: settings.name,
    probe: 'probe' in entry,
    room: async (trx) => {
      const purpose = bell.issue === SERVICE ? 'service' : 'issues';
      const found = await roomOf(trx, settings.name, settings, purpose);
      room.waits = found.waits;
      return found.free;
    },
  });
  const window = await engine.windows.hold(lease);
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
