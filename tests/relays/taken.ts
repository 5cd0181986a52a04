/** What a server has taken, once it is as much as expected: some count a mail only when they have handed it on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { limit } from '../helpers/machine.js';
import type { MailServer } from './servers/server.ts';

/** Fewer where they do not come in time; whoever compares says who is missing. */
export async function takenAtLeast(server: MailServer, count: number): Promise<string[]> {
  const deadline = performance.now() + limit(60_000);
  for (;;) {
    const taken = await server.taken();
    if (taken.length >= count || performance.now() > deadline) return taken;
    await sleep(50);
  }
}

/** What is in `after` beyond `before`. A mailbox lists its mails in no order of their arrival, so each is counted. */
export function beyond(before: readonly string[], after: readonly string[]): string[] {
  const known = new Map<string, number>();
  for (const reader of before) known.set(reader, (known.get(reader) ?? 0) + 1);
  return after.filter((reader) => {
    const left = known.get(reader) ?? 0;
    if (left > 0) known.set(reader, left - 1);
    return left === 0;
  });
}
