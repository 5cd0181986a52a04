/** The machine's clocks. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../delivery/ports.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
  async sleep(ms, signal) {
    await wait(ms, undefined, { signal }).catch(() => {});
  },
};
