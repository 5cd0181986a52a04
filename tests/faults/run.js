/**
 * `npm run test:faults`: the fault trials.
 *
 *   --seeds N       seeds 1 to N with short times and 1,000 readers (default 12: every kind of fault and each way once)
 *   --seed S        this one
 *   --real N        that many with the times of production and 10,000 readers (default: 10 with 100 seeds or more, else 0)
 *   --real-seed S   this one of those
 *   --readers R     another number of readers
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const text = { type: /** @type {const} */ ('string') };
const { values } = parseArgs({
  options: { seeds: text, seed: text, real: text, 'real-seed': text, readers: text },
});
const upTo = (n) => Array.from({ length: n }, (_, each) => each + 1).join(',');
const single = values.seed !== undefined || values['real-seed'] !== undefined;
const seeds = Number(values.seeds ?? 12);
const real = Number(values.real ?? (seeds >= 100 ? 10 : 0));
const reporters = ['default', './tests/faults/trial-table.ts'].map((name) => `--reporter=${name}`);
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'faults', ...reporters], {
  stdio: 'inherit',
  env: {
    ...process.env,
    FAULT_SEEDS: values.seed ?? (single ? '' : upTo(seeds)),
    FAULT_REAL_SEEDS: values['real-seed'] ?? (single ? '' : upTo(real)),
    FAULT_READERS: values.readers ?? '',
  },
});
process.exit(status ?? 1);
