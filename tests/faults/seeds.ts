/** The seeds of a run, dealt out to two files, so that two trials run at once. A failing one tells how to run it again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFailed, TestRunner, test } from 'vitest';
import { type Plan, planOf } from './plan.ts';
import type { Scene } from './scene.ts';
import { runTrial, type Trial } from './trial.ts';

declare module '@vitest/runner' {
  interface TaskMeta {
    trial?: Trial;
    plan?: Plan;
  }
}

/** `FAULT_SEEDS`: `1,2,17`; `FAULT_REAL_SEEDS`: the same for those with the times of production. */
const numbers = (text: string | undefined): number[] => (text ? text.split(',').map(Number) : []);

function plans(): Plan[] {
  const { FAULT_SEEDS, FAULT_REAL_SEEDS, FAULT_READERS } = process.env;
  const readers = Number(FAULT_READERS ?? 0);
  return [
    ...numbers(FAULT_REAL_SEEDS).map((seed) => planOf(seed, readers || 10_000, true)),
    ...numbers(FAULT_SEEDS).map((seed) => planOf(seed, readers || 1_000)),
  ];
}

export function trials(share: 0 | 1): void {
  const mine = plans().filter((_, n) => n % 2 === share);
  describe.runIf(mine.length > 0)('random faults of the relay, of our processes and of their servers', () => {
    test.each(mine.map((plan) => [again(plan), plan] as const))(
      '%s: nobody twice, nobody lost, unknowns as many as doubts',
      async (_name, plan) => {
        const meta = TestRunner.getCurrentTest()?.meta;
        if (meta) meta.plan = plan;
        let scene: Scene | undefined;
        let trial: Trial | undefined;
        onTestFailed(() => scene && keepEvidence(scene, trial));
        trial = await runTrial(plan, (opened) => {
          scene = opened;
        });
        if (meta) meta.trial = trial;
        expect(trial, `run it again: npm run test:faults -- ${again(plan)}`).toMatchObject({
          ...{ doubles: [], lost: [], unwanted: [], afterLeaving: [], strange: [], sums: [], exits: [] },
          state: plan.blows.some(({ blow }) => blow === 'cancel') ? 'cancelled' : 'sent',
          waiting: 0,
        });
        expect(trial.unknown).toBeLessThanOrEqual(trial.allowedUnknown);
      },
      timeout(mine),
    );
  });
}

/** Long enough for a loaded machine; what takes longer hangs. */
const timeout = (mine: readonly Plan[]): number => (mine.some((plan) => plan.real) ? 2_400_000 : 600_000);

const again = ({ seed, real }: Plan): string => `--${real ? 'real-' : ''}seed ${seed}`;

/** What the processes said, and what happened at the relay, in a folder that stays. */
function keepEvidence({ plan, posts, relay, stage, ledger }: Scene, trial: Trial | undefined): void {
  const folder = join(tmpdir(), 'postrider-faults', again(plan).slice(2).replace(' ', '-'));
  mkdirSync(folder, { recursive: true });
  for (const [n, post] of posts.entries()) writeFileSync(join(folder, `${post.role}-${n}.log`), post.log);
  const lines = (list: readonly unknown[]) => list.map((each) => `${JSON.stringify(each)}\n`).join('');
  writeFileSync(join(folder, 'relay.ndjson'), lines(relay.events));
  writeFileSync(join(folder, 'ledger.ndjson'), lines(ledger));
  writeFileSync(join(folder, 'verdict.json'), JSON.stringify(trial ?? 'it did not come to one', null, 2));
  writeFileSync(join(folder, 'accepted.ndjson'), lines(stage.sink.accepted));
  process.stderr.write(`what was said and done is kept in ${folder}\n`);
}
