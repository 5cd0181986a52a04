/**
 * Works one lane of one issue for a slice of time: leases windows, gives their deliveries to the relay's courier,
 * and rings again when work is left. At most two windows are open at once, so that connections never wait for a
 * lease, and a pause gives back little. What a slow or dead relay has not begun soon after the slice is given back,
 * so that no lane keeps a worker's hearing from the others.
 */
import { sql } from 'kysely';
import { Refused } from '../errors.ts';
import { skipGone } from '../ledger/exchange.ts';
import { endWindow, type LeasedDelivery, leaseWindow, nextDue, type Window } from '../ledger/lease.ts';
import { SERVICE } from '../ledger/service-mail.ts';
import type { Courier, Parcel } from './courier.ts';
import { type Engine, ringAgain } from './engine.ts';
import { finishIssue } from './finish.ts';
import type { Compose } from './messages.ts';
import type { Bell } from './ports.ts';
import { pauseIssue } from './steer.ts';

const SLICE_MS = 5_000;
/** A slice while more bells ring than are heard: a large issue must not keep a small one from being heard. */
const SHORT_SLICE_MS = 400;
const SMALLEST_WINDOW = 200;
/** How often a waiting window looks whether its issue still sends. */
const LOOK_MS = 500;
/** A lane that was faster than its plan looks again after this. */
const GROWS_MS = 50;
/** Serving is noted once in this time. */
const NOTED_MS = 60_000;
/** A lane that nobody may serve for longer than this asks a person first (a restored dump, a cloned server). */
export const UNSERVED_MS = 3_600_000;

export async function workLane(engine: Engine, bell: Bell): Promise<void> {
  const serving = await beginServing(engine, bell.issue);
  if (!serving) return;
  const courier = engine.courier(serving.relay, bell.issue === SERVICE ? 'service' : 'issues');
  if (!courier) return void (await pauseForRelay(engine, bell.issue, serving.relay));
  const left = await leaseAndCarry(engine, bell, courier);
  if (engine.draining() || left === 'more') return ringAgain(engine.bells, bell);
  if (left !== 'nothing') return ringAgain(engine.bells, bell, left.waitMs);
  if (bell.issue !== SERVICE && (await finishIssue(engine.db, bell.issue))) {
    engine.log.info({ issue: bell.issue }, 'the issue is sent');
    return;
  }
  const due = await nextDue(engine.db, bell.issue, bell.lane);
  if (!serving.planned) await ringAgain(engine.bells, bell, GROWS_MS);
  else if (due) await ringAgain(engine.bells, bell, Math.max(due.inMs, 50));
}

interface Serving {
  relay: string | null;
  /** The plan was closed, or rested, when this began: a lane that is found empty from now on stays so. */
  planned: boolean;
}

/**
 * Null when the issue does not send now. Notes that it is served, though not with every bell: the row is locked
 * while a page of the plan is written, and the first messages would wait for that.
 */
async function beginServing(engine: Engine, issueId: number): Promise<Serving | null> {
  if (issueId === SERVICE) return { relay: null, planned: true };
  const { rows } = await sql<Serving & { noted: boolean }>`
    SELECT relay, plan_done OR plan_rests AS planned, served_at > clock_timestamp() - ${NOTED_MS} * interval '1 millisecond' AS noted
    FROM issues WHERE id = ${issueId} AND state = 'sending'
      AND served_at > clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'`.execute(engine.db);
  const [serving] = rows;
  if (!serving || serving.noted) return serving ?? null;
  const { rows: noted } = await sql`
    UPDATE issues SET served_at = clock_timestamp()
    WHERE id = ${issueId} AND state = 'sending' AND served_at > clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'
    RETURNING id`.execute(engine.db);
  return noted.length > 0 ? serving : null;
}

async function pauseForRelay(engine: Engine, issueId: number, relay: string | null): Promise<void> {
  const why =
    relay === null
      ? 'no relay is set; give SMTP_URL'
      : `there is no relay named "${relay}" in SMTP_URL any more`;
  if (issueId !== SERVICE) await pauseIssue(engine.db, issueId, 'postrider', `relay-missing: ${why}`);
  engine.log.error({ issue: issueId }, why);
}

/** What a slice leaves of its lane: `waitMs`, since the lane is held or others use it up. */
type Left = 'nothing' | 'more' | { waitMs: number };

async function leaseAndCarry(engine: Engine, bell: Bell, courier: Courier): Promise<Left> {
  const began = engine.clock.monotonic();
  const until = () => began + (engine.crowded() ? SHORT_SLICE_MS : SLICE_MS);
  const late = () => engine.clock.monotonic() > began + 2 * (engine.crowded() ? SHORT_SLICE_MS : SLICE_MS);
  const stop: Stop = { asked: false, late };
  const open = new Set<Promise<void>>();
  let left: Left = 'more';
  try {
    while (left === 'more' && !stop.asked && !engine.draining() && engine.clock.monotonic() < until()) {
      const workerId = engine.workerId();
      const window = await nextWindow(engine, bell, courier, workerId);
      if (!('deliveries' in window)) {
        left = window.left;
        break;
      }
      const carried = carryWindow(engine, courier, bell.issue, workerId, window, stop).finally(() =>
        open.delete(carried),
      );
      open.add(carried);
      if (open.size >= 2) await Promise.race(open);
    }
  } finally {
    // Also after a fault: a drain waits for this bell, so what is on the wire belongs to it.
    await Promise.allSettled(open);
  }
  return stop.asked ? 'more' : left;
}

/** As many deliveries as connections can use and the lane may have. No lane holds a service mail. */
async function nextWindow(
  engine: Engine,
  bell: Bell,
  courier: Courier,
  workerId: number,
): Promise<Window | { left: Left }> {
  const { name, pool } = courier.relay.settings;
  const free = { most: Number.POSITIVE_INFINITY };
  const entry = bell.issue === SERVICE ? free : await engine.lanes.enter(name, bell.lane);
  if ('waitMs' in entry) return { left: entry };
  const size = Math.min(Math.max(SMALLEST_WINDOW, pool * 8), entry.most);
  const window = await leaseWindow(engine.db, { issueId: bell.issue, lane: bell.lane, workerId, size });
  return window ?? { left: 'nothing' };
}

interface Stop {
  /** The issue does not send any more. */
  asked: boolean;
  /** True when what has not begun yet is to be given back. */
  late(): boolean;
}

/** Carries all deliveries of a window, and ends it when each is settled or left. */
async function carryWindow(
  engine: Engine,
  courier: Courier,
  issueId: number,
  workerId: number,
  window: Window,
  stop: Stop,
): Promise<void> {
  try {
    const parcels = await pack(engine, courier, issueId, workerId, window, stop);
    const carried = Promise.all(parcels.map((parcel) => parcel.end));
    for (const parcel of parcels) courier.submit(parcel.parcel);
    await watch(engine, courier, issueId, carried, stop);
  } finally {
    // A window that stays would keep its deliveries from everybody for as long as this worker lives.
    await untilStored(engine, () => endWindow(engine.db, issueId, window.id));
  }
}

interface Packed {
  parcel: Parcel;
  end: Promise<void>;
}

async function pack(
  engine: Engine,
  courier: Courier,
  issueId: number,
  workerId: number,
  window: Window,
  stop: Stop,
): Promise<Packed[]> {
  const packed: Packed[] = [];
  for (const delivery of window.deliveries) {
    const compose = await composerOf(engine, courier, delivery);
    let done = () => {};
    const end = new Promise<void>((resolve) => {
      done = resolve;
    });
    const stopped = () => stop.asked || engine.draining() || engine.workerId() !== workerId || stop.late();
    const parcel: Parcel = {
      delivery,
      workerId,
      first: issueId === SERVICE,
      compose: () => compose(delivery),
      stopped,
      stop: (reason, why) => {
        stop.asked = true;
        void pauseIssue(engine.db, issueId, 'postrider', `${reason}: ${why}`).catch((error: Error) =>
          engine.log.error({ issue: issueId, error: error.message }, 'the issue could not be paused'),
        );
      },
      refusedMark: () => void lookAfterRefusal(engine, issueId, delivery.id, stop),
      done,
    };
    packed.push({ parcel, end });
  }
  return packed;
}

/**
 * A service mail that cannot be composed (its newsletter is gone) must not stop the others. An issue without a
 * composer would refuse everybody: that is no refusal, and the courier stops it.
 */
async function composerOf(engine: Engine, courier: Courier, delivery: LeasedDelivery): Promise<Compose> {
  try {
    return await engine.messages.composer(delivery, courier.relay.settings.headers);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const fault = delivery.issueId === SERVICE ? error : new Error(error.message, { cause: error });
    return () => {
      throw fault;
    };
  }
}

/** Waits for the window, and looks meanwhile whether its issue still sends: a pause must not wait for a slow relay. */
async function watch(
  engine: Engine,
  courier: Courier,
  issueId: number,
  carried: Promise<unknown>,
  stop: Stop,
) {
  const over = new AbortController();
  const ended = carried.then(() => over.abort());
  while (!over.signal.aborted) {
    await engine.clock.sleep(LOOK_MS, over.signal);
    if (over.signal.aborted) break;
    if (!(await stillSends(engine, issueId))) stop.asked = true;
    if (stop.asked || stop.late() || engine.draining()) courier.dropStopped();
  }
  await ended;
}

/** A database that does not answer is no reason to stop: marks and settles wait for it by themselves. */
async function stillSends(engine: Engine, issueId: number): Promise<boolean> {
  if (issueId === SERVICE) return true;
  const row = await engine.db
    .selectFrom('issues')
    .select('state')
    .where('id', '=', issueId)
    .executeTakeFirst()
    .catch(() => null);
  return row === null || row?.state === 'sending';
}

/** The mark was refused: the issue stopped, or the person is gone. */
async function lookAfterRefusal(engine: Engine, issueId: number, id: number, stop: Stop): Promise<void> {
  if (!(await stillSends(engine, issueId))) stop.asked = true;
  await skipGone(engine.db, issueId, [id]).catch(() => {});
}

/** Ends of windows are tried until the database takes them; a worker whose lease is lost has none left to end. */
async function untilStored(engine: Engine, act: () => Promise<void>): Promise<void> {
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await act();
    } catch (error) {
      engine.log.warn({ error: (error as Error).message }, 'a window could not be ended yet');
      if (engine.draining()) return;
      await engine.clock.sleep(pause);
    }
  }
}
