/**
 * Measures how slow this machine is right now and scales the timeouts of tests: a timeout is there to end what hangs, and
 * on a busy machine everything takes longer. Measured once, by vitest.config.ts; child processes inherit the number.
 *
 *   node tests/helpers/machine.js     says how long `npm test` will take
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What starting Node takes on two quiet cores. */
const QUIET_START_MS = 60;
/** What `npm test` takes there. */
const QUIET_SECONDS = 420;
const SETTING = 'TEST_SLOWDOWN';

/**
 * 1 on two quiet cores or faster; 10 where all takes ten times as long.
 * @returns {number}
 */
export function slowdown() {
  process.env[SETTING] ??= String(measured());
  return Number(process.env[SETTING]);
}

/**
 * A limit in ms that was chosen on a quiet machine, for this one.
 * @param {number} quietMs
 * @returns {number}
 */
export const limit = (quietMs) => Math.ceil(quietMs * slowdown());

/** Work that waits for a processor takes as many times longer as there is more of it than processors. */
function measured() {
  const starts = [0, 1, 2].map(() => {
    const began = performance.now();
    spawnSync(process.execPath, ['--eval', '0']);
    return performance.now() - began;
  });
  const start = starts.sort((a, b) => a - b)[1] / QUIET_START_MS;
  const load = loadavg()[0] / availableParallelism();
  return Math.max(1, start, load);
}

function announcement() {
  const minutes = Math.ceil((QUIET_SECONDS * slowdown()) / 60);
  const busy =
    slowdown() < 1.5 ? '' : `: this machine is ${slowdown().toFixed(1)} times slower than two quiet cores`;
  return `The tests will take about ${minutes} minutes${busy}.\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(announcement());
