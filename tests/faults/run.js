/** `npm run test:faults -- [--seeds N | --seed S] [--readers R]`: the fault trials, by default 10 seeds of 300 readers. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    seed: { type: 'string' },
    readers: { type: 'string', default: '300' },
  },
});
const seeds = values.seed ?? Array.from({ length: Number(values.seeds) }, (_, n) => n + 1).join(',');
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'faults'], {
  stdio: 'inherit',
  env: { ...process.env, FAULT_SEEDS: seeds, FAULT_READERS: values.readers },
});
process.exit(status ?? 1);
