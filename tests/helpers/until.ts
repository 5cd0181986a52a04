/** Waits for a condition, with a deadline whose error says what was found instead. Tests never just sleep. */
import { setTimeout as sleep } from 'node:timers/promises';
import { limit } from './machine.js';

export interface UntilOptions {
  /** As it would be on a quiet machine; default 20 s. */
  withinMs?: number;
  everyMs?: number;
  /** What was found instead, for the message when the deadline passes. */
  found?: () => unknown;
}

/** Resolves with the first truthy answer; rejects when there was none in time. An answer that throws counts as no. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<NonNullable<T>> {
  const withinMs = limit(options.withinMs ?? 20_000);
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw await tooLate(what, withinMs, last, options.found);
    await sleep(options.everyMs ?? 20);
  }
}

async function tooLate(what: string, withinMs: number, last: unknown, found?: () => unknown): Promise<Error> {
  const instead = found ? await found() : last instanceof Error ? last.message : last;
  const lastSeen = typeof instead === 'string' ? instead : JSON.stringify(instead);
  return new Error(`waited ${withinMs} ms until ${what}; found instead: ${lastSeen}`, { cause: last });
}
