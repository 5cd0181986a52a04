/** When a deferred delivery is due again. */

/**
 * Milliseconds until attempt number `attempts + 1`, with `attempts` made so far: the schedule's entry (the last one
 * repeats), +-20 % so that a thousand deliveries deferred at once do not come back at once.
 */
export function retryDelay(schedule: readonly number[], attempts: number, random = Math.random): number {
  const base = schedule[Math.min(Math.max(attempts, 1), schedule.length) - 1] ?? 10_000;
  return base * (0.8 + 0.4 * random());
}

/** At least `ms`, and up to a tenth more: a delivery that waits for the end of a hold must not come before it. */
export const jittered = (ms: number, random = Math.random): number => ms * (1 + 0.1 * random());
