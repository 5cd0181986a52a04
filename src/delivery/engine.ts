/** What the acts of delivery share in one worker process. */
import type { Db } from '../db/connection.ts';
import type { HeldWindows } from './held-windows.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import type { Messages } from './messages.ts';
import type { Bell, Bells, Clock, Log } from './ports.ts';
import type { Routes } from './routes.ts';
import type { Scout } from './scout.ts';

export interface EngineTimes {
  heartbeatMs: number;
  leaseMs: number;
  sweepMs: number;
  drainMs: number;
  expireMs: number;
  /** The schedule of retries. */
  retryMs: readonly number[];
}

export interface Engine {
  db: Db;
  bells: Bells;
  clock: Clock;
  log: Log;
  messages: Messages;
  /** What may go where just now. */
  lanes: LaneKeeper;
  /** Finds out whose the domains are that no list names. */
  scout: Scout;
  /** The windows that it carries. */
  windows: HeldWindows;
  times: EngineTimes;
  /** Our lease's number; changes when the lease was lost and taken anew. */
  workerId(): number;
  /** True from the moment that no new work is taken. */
  draining(): boolean;
  /** True while more bells are rung than this process hears at once: whoever is at work should make room soon. */
  crowded(): boolean;
  /** Which relays may take an issue, and whose turn it is. */
  routes: Routes;
}

/** Not a provider: the bell that asks for the next pages of an issue's plan. */
export const PLAN_LANE = 'plan';

/** Rings for each lane as many bells as workers may share it. Both turns where one may be held by someone dead. */
export async function ringLanes(
  bells: Bells,
  issue: number,
  lanes: readonly string[],
  workers: number,
  turns: readonly Bell['turn'][] = ['a'],
): Promise<void> {
  const slots = Array.from({ length: Math.max(1, workers) }, (_, slot) => slot);
  const each = slots.flatMap((slot) => turns.map((turn) => ({ slot, turn })));
  await bells.ring(lanes.flatMap((lane) => each.map((one): Bell => ({ v: 1, issue, lane, ...one }))));
}

/** Rings the same bell for later, from the one who hears it now. */
export async function ringAgain(bells: Bells, bell: Bell, delayMs = 0): Promise<void> {
  await bells.ring([{ ...bell, turn: bell.turn === 'a' ? 'b' : 'a' }], delayMs);
}
