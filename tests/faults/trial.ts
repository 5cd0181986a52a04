/** One trial: carries out a plan on real processes until the send is over, and judges the result. */
import { openEmbedded } from '../../src/db/embedded/open.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { until } from '../helpers/until.ts';
import { injectFault } from './inject-fault.ts';
import type { Fault, TrialPlan } from './plan.ts';
import { allRelayFaults } from './relay-faults.ts';
import { resumeIfAutoPaused } from './resume-auto-paused.ts';
import { retry } from './retry.ts';
import { openTrialContext, type TrialContext } from './trial-context.ts';
import { judgeTrial, type Verdict } from './verdict.ts';

export interface TrialResult extends Verdict {
  seed: number;
  way: TrialPlan['way'];
  policy: TrialPlan['policy'];
  readers: number;
  real: boolean;
  /** The injected faults; one that was due after the end of the send is missing. */
  faults: Fault[];
  /** Faults of the relay that never came. */
  unmet: string[];
  /** Why the send paused itself. */
  pauses: string[];
  /** Exit codes other than 0 of processes that were asked to end. */
  exits: string[];
  /** From the send to its end. */
  seconds: number;
}

const DRAIN_MS = 45_000;

export async function runTrial(plan: TrialPlan, tell: (context: TrialContext) => void): Promise<TrialResult> {
  const context = await openTrialContext(plan);
  tell(context);
  const began = performance.now();
  await begin(context);
  const faults = await injectFaults(context);
  const exits = await untilOver(context);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const verdict = await withDatabase(context, () => judgeTrial(context));
  const { seed, way, policy, readers, real } = plan;
  const { pauses, relay } = context;
  const unmet = allRelayFaults(plan).filter(({ name }) => !relay.met.has(name));
  return {
    ...{ seed, way, policy, readers, real, ...verdict, faults, pauses, exits, seconds },
    unmet: unmet.map(({ name }) => name),
  };
}

async function begin({ plan, harness, issue }: TrialContext): Promise<void> {
  if (plan.start === 'at') {
    await harness.json('issue', 'send', issue, '--delay', '2s');
  } else if (plan.start === 'twice') {
    const both = await Promise.all([1, 2].map(() => harness.run('issue', 'send', issue, '--yes')));
    const codes = both.map((ended) => ended.code).sort();
    if (codes.join() !== '0,1')
      throw new Error(`expected one of two sends to be refused, found ${JSON.stringify(both)}`);
  } else {
    await harness.json('issue', 'send', issue);
  }
}

/** Injects each fault when its number of messages has arrived. */
async function injectFaults(context: TrialContext): Promise<Fault[]> {
  const injected: Fault[] = [];
  const aftermaths: Promise<void>[] = [];
  for (const [n, { after, fault }] of context.plan.faults.entries()) {
    context.relay.slowFrom = after;
    // Only root may mount the small disk; the table says that this fault was never injected.
    if (fault === 'disk full' && !context.disk) continue;
    const over = await waitFor(context, () => context.harness.sink.accepted.length >= after);
    if (over) break;
    const { aftermath } = await injectFault(context, fault, n);
    if (aftermath) aftermaths.push(aftermath);
    injected.push(fault);
  }
  context.relay.slowFrom = Number.POSITIVE_INFINITY;
  await Promise.all(aftermaths);
  return injected;
}

/** True when the send was over first. A send that paused itself is resumed. */
async function waitFor(context: TrialContext, reached: () => boolean): Promise<boolean> {
  let over = false;
  await until(
    'the send goes on',
    async () => {
      if (reached()) return true;
      over = await resumeIfAutoPaused(context);
      return over;
    },
    { withinMs: context.plan.real ? 1_800_000 : 150_000, everyMs: 100, found: () => describeState(context) },
  );
  return over && !reached();
}

async function describeState({ db, issueId, harness, pauses }: TrialContext): Promise<string> {
  const status = await issueStatus(db, issueId).catch((error: Error) => error.message);
  return JSON.stringify({ status, received: harness.sink.accepted.length, pauses });
}

/** Waits until nothing waits any more, including work that came back while the processes drained. */
async function untilOver(context: TrialContext): Promise<string[]> {
  const exits: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    await waitFor(context, () => false);
    exits.push(...(await stopAll(context)));
    const waits = await withDatabase(context, () => retry(() => issueStatus(context.db, context.issueId)));
    if (waits.counts.waiting === 0) break;
    for (const each of context.processes) await each.restart();
  }
  return exits;
}

async function stopAll({ processes }: TrialContext): Promise<string[]> {
  const ends = await Promise.all(processes.map(async (each) => ({ each, end: await each.stop(DRAIN_MS) })));
  return ends
    .filter(({ end }) => end.code !== 0)
    .map(({ each, end }) => `${each.role} ended with ${end.code ?? end.signal}`);
}

/** The embedded database stops with the last process that uses it, so it is opened again for us. */
async function withDatabase<T>({ plan, harness }: TrialContext, act: () => Promise<T>): Promise<T> {
  if (plan.way !== 'embedded') return act();
  const log = { info() {}, warn() {}, error() {} };
  const embedded = await openEmbedded({ home: harness.env.POSTRIDER_HOME!, log, tell: () => {} });
  try {
    return await act();
  } finally {
    await embedded.close();
  }
}
