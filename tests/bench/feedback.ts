/**
 * `npx tsc -p tests/bench && node dist-bench/tests/bench/feedback.js`, from the project's folder: how many mails that came back are understood in a second on one core. The mails are those of
 * `../shared/bounces` where present, else the invented ones of the tests. Median and slowest mail of the last rounds.
 */
import { readFileSync } from 'node:fs';
import { readReport } from '../../src/feedback/reports/read-report.ts';
import { inventedMails } from '../feedback/reports/invented-mails.ts';
import { expectedReports } from '../helpers/bounces.ts';

const ROUNDS = 12;
const WARM_UP = 2;

const paths = [...new Set(expectedReports().map(({ path }) => path))];
const mails =
  paths.length > 0
    ? paths.map((path) => readFileSync(path))
    : inventedMails.map(({ source }) => Buffer.from(source));

const rates: number[] = [];
let slowest = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const start = process.cpuUsage();
  const times = mails.map(timed);
  const { user, system } = process.cpuUsage(start);
  if (round < WARM_UP) continue;
  rates.push(mails.length / ((user + system) / 1e6));
  slowest = Math.max(slowest, ...times);
}

function timed(mail: Buffer): number {
  const start = performance.now();
  readReport(mail);
  return performance.now() - start;
}

const median = rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)]!;
console.log(`${mails.length} mails: ${Math.round(median)} a second, slowest ${slowest.toFixed(1)} ms`);
