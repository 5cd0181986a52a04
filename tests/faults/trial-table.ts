/** The summary of a run: a row per trial, what was covered, and how to run the failed ones again. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { TrialPlan } from './plan.ts';
import { everyFault } from './plan.ts';
import type { TrialResult } from './trial.ts';

interface Row {
  plan: TrialPlan;
  trial: TrialResult | undefined;
  passed: boolean;
}

const COLUMNS = ['seed', 'way', 'policy', 'readers', 'faults', 'doubles', 'lost', 'unknown', 'seconds', ''];

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
  const faults = (trial?.faults ?? plan.faults.map(({ fault }) => fault)).join(', ');
  const start = [name, plan.way, plan.policy, String(plan.readers), faults];
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
  const sum = (of: (trial: TrialResult) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const held = trials.filter(({ policy }) => policy === 'hold');
  const slowest = trials.toSorted((a, b) => b.seconds - a.seconds)[0];
  const injected = new Map<string, number>();
  for (const fault of trials.flatMap(({ faults }) => faults))
    injected.set(fault, (injected.get(fault) ?? 0) + 1);
  return [
    `${rows.length} seeds, ${rows.filter(({ passed }) => !passed).length} failed; ways: ${ways(rows)}`,
    `${sum(({ readers }) => readers)} readers: ${sum(({ doubles }) => doubles.length)} doubles, ${sum(({ lost }) => lost.length)} lost, ${sum(({ unwanted }) => unwanted.length)} received though refused or skipped, ${sum(({ afterLeaving }) => afterLeaving.length)} after leaving`,
    `unknown under hold: ${held.reduce((total, { unknown }) => total + unknown, 0)}, allowed ${held.reduce((total, { allowedUnknown }) => total + allowedUnknown, 0)}; sent again under resend: ${sum(({ repeats }) => repeats)}`,
    `faults: ${[...injected].map(([fault, times]) => `${fault} ${times}`).join(', ')}`,
    ...absent(
      'faults that were never injected',
      everyFault.filter((fault) => !injected.has(fault)),
    ),
    ...absent('faults of the relay that no trial met', neverMet(trials)),
    ...absent('the send paused itself', [...new Set(trials.flatMap(({ pauses }) => pauses))]),
    ...(slowest ? [`slowest: seed ${slowest.seed}${slowest.real ? ' real' : ''}, ${slowest.seconds} s`] : []),
  ];
}

function ways(rows: readonly Row[]): string {
  const count = (way: TrialPlan['way']) => rows.filter(({ plan }) => plan.way === way).length;
  return `full ${count('full')}, one database ${count('database')}, embedded ${count('embedded')}`;
}

/** A fault counts as met when one trial met it. */
function neverMet(trials: readonly TrialResult[]): string[] {
  const [first, ...others] = trials;
  return (first?.unmet ?? []).filter((name) => others.every(({ unmet }) => unmet.includes(name)));
}

const absent = (what: string, list: readonly string[]): string[] =>
  list.length === 0 ? [] : [`${what}: ${list.join(', ')}`];

const failures = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ passed }) => !passed)
    .map(({ plan }) => `run it again: npm run test:faults -- --${plan.real ? 'real-' : ''}seed ${plan.seed}`);
