/** Wakes the workers that serve an issue. */
import type { Bell, Bells } from '../ports.ts';

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
