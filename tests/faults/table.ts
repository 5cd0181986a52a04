/** The last lines of a run of trials: a row each, what was covered, and how to run the failed ones again. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Plan } from './plan.ts';
import { everyBlow } from './plan.ts';
import type { Trial } from './trial.ts';

interface Row {
  plan: Plan;
  trial: Trial | undefined;
  passed: boolean;
}

const COLUMNS = ['seed', 'way', 'policy', 'readers', 'blows', 'doubles', 'lost', 'unknown', 'seconds', ''];

export default class TrialTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests
      .flatMap(toRow)
      .sort((a, b) => Number(a.plan.real) - Number(b.plan.real) || a.plan.seed - b.plan.seed);
    if (rows.length === 0) return;
    const lines = [...table(rows), '', ...summary(rows), ...failures(rows)];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

function toRow(test: TestCase): Row[] {
  const { plan, trial } = test.meta();
  return plan ? [{ plan, trial, passed: test.result().state === 'passed' }] : [];
}

function table(rows: readonly Row[]): string[] {
  const cells = [COLUMNS, ...rows.map(toCells)];
  const widths = COLUMNS.map((_, n) => Math.max(...cells.map((row) => row[n]!.length)));
  return cells.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n]!))
      .join('  ')
      .trimEnd(),
  );
}

function toCells({ plan, trial, passed }: Row): string[] {
  const name = `${plan.seed}${plan.real ? ' real' : ''}`;
  const blows = (trial?.blows ?? plan.blows.map(({ blow }) => blow)).join(', ');
  const start = [name, plan.way, plan.policy, String(plan.readers), blows];
  if (!trial) return [...start, '?', '?', '?', '?', 'FAILED'];
  const unknown =
    plan.policy === 'resend'
      ? `${trial.unknown} (${trial.repeats} again)`
      : `${trial.unknown} <= ${trial.allowedUnknown}`;
  const numbers = [trial.doubles.length, trial.lost.length, unknown, trial.seconds].map(String);
  return [...start, ...numbers, passed ? '' : 'FAILED'];
}

function summary(rows: readonly Row[]): string[] {
  const trials = rows.flatMap(({ trial }) => trial ?? []);
  const sum = (of: (trial: Trial) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const held = trials.filter(({ policy }) => policy === 'hold');
  const slowest = trials.toSorted((a, b) => b.seconds - a.seconds)[0];
  const struck = new Map<string, number>();
  for (const blow of trials.flatMap(({ blows }) => blows)) struck.set(blow, (struck.get(blow) ?? 0) + 1);
  return [
    `${rows.length} seeds, ${rows.filter(({ passed }) => !passed).length} failed; ways: ${ways(rows)}`,
    `${sum(({ readers }) => readers)} readers: ${sum(({ doubles }) => doubles.length)} doubles, ${sum(({ lost }) => lost.length)} lost, ${sum(({ unwanted }) => unwanted.length)} received though refused or skipped, ${sum(({ afterLeaving }) => afterLeaving.length)} after leaving`,
    `unknown under hold: ${held.reduce((total, { unknown }) => total + unknown, 0)}, allowed ${held.reduce((total, { allowedUnknown }) => total + allowedUnknown, 0)}; sent again under resend: ${sum(({ repeats }) => repeats)}`,
    `blows: ${[...struck].map(([blow, times]) => `${blow} ${times}`).join(', ')}`,
    ...absent(
      'blows that never fell',
      everyBlow.filter((blow) => !struck.has(blow)),
    ),
    ...absent('faults of the relay that no trial met', neverMet(trials)),
    ...absent('the send paused itself', [...new Set(trials.flatMap(({ pauses }) => pauses))]),
    ...(slowest ? [`slowest: seed ${slowest.seed}${slowest.real ? ' real' : ''}, ${slowest.seconds} s`] : []),
  ];
}

function ways(rows: readonly Row[]): string {
  const count = (way: Plan['way']) => rows.filter(({ plan }) => plan.way === way).length;
  return `full ${count('full')}, one database ${count('database')}, embedded ${count('embedded')}`;
}

/** A fault counts as met when one trial met it. */
function neverMet(trials: readonly Trial[]): string[] {
  const [first, ...others] = trials;
  return (first?.unmet ?? []).filter((name) => others.every(({ unmet }) => unmet.includes(name)));
}

const absent = (what: string, list: readonly string[]): string[] =>
  list.length === 0 ? [] : [`${what}: ${list.join(', ')}`];

const failures = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ passed }) => !passed)
    .map(({ plan }) => `run it again: npm run test:faults -- --${plan.real ? 'real-' : ''}seed ${plan.seed}`);
