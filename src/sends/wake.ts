/** Wakes the workers that serve an issue. */
import type { WakeUp, WakeUpQueue } from '../ports.ts';

/** A pseudo-lane, not a provider's: its wake-ups write the next pages of an issue's plan. */
export const PLAN_LANE = 'plan';

/** Sends each lane as many wake-ups as workers may share it; both turns where a dead worker may still hold one. */
export async function wakeLanes(
  wakeUps: WakeUpQueue,
  issue: number,
  lanes: readonly string[],
  workers: number,
  turns: readonly WakeUp['turn'][] = ['a'],
): Promise<void> {
  const slots = Array.from({ length: Math.max(1, workers) }, (_, slot) => slot);
  const each = slots.flatMap((slot) => turns.map((turn) => ({ slot, turn })));
  await wakeUps.wake(lanes.flatMap((lane) => each.map((one): WakeUp => ({ v: 1, issue, lane, ...one }))));
}

/** Sends the same wake-up again, from the worker that is handling it. */
export async function wakeAgain(wakeUps: WakeUpQueue, wakeUp: WakeUp, delayMs = 0): Promise<void> {
  await wakeUps.wake([{ ...wakeUp, turn: wakeUp.turn === 'a' ? 'b' : 'a' }], delayMs);
}
