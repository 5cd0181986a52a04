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
