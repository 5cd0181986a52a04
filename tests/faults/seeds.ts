/** The seeds of a run, split over two files so that two trials run at once. A failing one says how to run it again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFailed, TestRunner, test } from 'vitest';
import { planOf, type TrialPlan } from './plan.ts';
import { runTrial, type TrialResult } from './trial.ts';
import type { TrialContext } from './trial-context.ts';

declare module '@vitest/runner' {
  interface TaskMeta {
    trial?: TrialResult;
    plan?: TrialPlan;
  }
}

/** `FAULT_SEEDS`: `1,2,17`; `FAULT_REAL_SEEDS`: the same for those with the times of production. */
const numbers = (text: string | undefined): number[] => (text ? text.split(',').map(Number) : []);

function plans(): TrialPlan[] {
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
      '%s: nobody twice, nobody lost, no more unknowns than allowed',
      async (_name, plan) => {
        const meta = TestRunner.getCurrentTest()?.meta;
        if (meta) meta.plan = plan;
        let context: TrialContext | undefined;
        let trial: TrialResult | undefined;
        onTestFailed(() => context && keepEvidence(context, trial));
        trial = await runTrial(plan, (opened) => {
          context = opened;
        });
        if (meta) meta.trial = trial;
        expect(trial, `run it again: npm run test:faults -- ${again(plan)}`).toMatchObject({
          ...{ doubles: [], lost: [], unwanted: [], afterLeaving: [], strange: [], sums: [], exits: [] },
          state: plan.faults.some(({ fault }) => fault === 'cancel') ? 'cancelled' : 'sent',
          waiting: 0,
        });
        expect(trial.unknown).toBeLessThanOrEqual(trial.allowedUnknown);
      },
      timeout(mine),
    );
  });
}

/** Long enough for a busy machine; a trial that takes longer hangs. */
const timeout = (mine: readonly TrialPlan[]): number =>
  mine.some((plan) => plan.real) ? 2_400_000 : 600_000;

const again = ({ seed, real }: TrialPlan): string => `--${real ? 'real-' : ''}seed ${seed}`;

/** Keeps the logs of the processes and what happened at the relay in a folder that outlives the run. */
function keepEvidence(
  { plan, processes, relay, harness, ledger }: TrialContext,
  trial: TrialResult | undefined,
): void {
  const folder = join(tmpdir(), 'postrider-faults', again(plan).slice(2).replace(' ', '-'));
  mkdirSync(folder, { recursive: true });
  for (const [n, each] of processes.entries()) writeFileSync(join(folder, `${each.role}-${n}.log`), each.log);
  const lines = (list: readonly unknown[]) => list.map((each) => `${JSON.stringify(each)}\n`).join('');
  writeFileSync(join(folder, 'relay.ndjson'), lines(relay.events));
  writeFileSync(join(folder, 'ledger.ndjson'), lines(ledger));
  writeFileSync(
    join(folder, 'verdict.json'),
    JSON.stringify(trial ?? 'the trial did not reach a verdict', null, 2),
  );
  writeFileSync(join(folder, 'accepted.ndjson'), lines(harness.sink.accepted));
  process.stderr.write(`logs and records are kept in ${folder}\n`);
}
