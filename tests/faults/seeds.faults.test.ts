import { describe, expect, test } from 'vitest';
import { runTrial } from './trial.ts';

/** Run by `npm run test:faults`; a failing seed is run again by `-- --seed 17`. */
const seeds = process.env.FAULT_SEEDS?.split(',').map(Number) ?? [1, 2, 3, 4];
const audience = Number(process.env.FAULT_READERS ?? 300);

describe('random faults of the relay, of our processes and of their servers', () => {
  test.each(seeds)(
    `seed %i, ${audience} readers: nobody twice, nobody lost, unknowns as many as doubts`,
    async (seed) => {
      const trial = await runTrial(seed, audience);
      expect(trial).toMatchObject({
        doubles: [],
        lost: [],
        unwanted: [],
        waiting: 0,
        afterLeaving: [],
        talliesAgree: true,
        audience,
      });
      expect(trial.unknown).toBeLessThanOrEqual(trial.allowedUnknown);
    },
    240_000,
  );
});
