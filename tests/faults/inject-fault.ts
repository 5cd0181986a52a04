/** Injects the faults of a plan, each as it would come from outside: by a signal, at a server, by a person. */

import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { byEditor } from '../../src/issue/reason.ts';
import { pauseIssue } from '../../src/sends/pause.ts';
import { resumeIssue } from '../../src/sends/resume-cancel.ts';
import { killPostgres } from '../helpers/postgres-server.ts';
import { until } from '../helpers/until.ts';
import { suppressReaders, unsubscribeReaders } from './opt-outs.ts';
import type { Fault, Point } from './plan.ts';
import { resumeIfAutoPaused } from './resume-auto-paused.ts';
import { retry } from './retry.ts';
import { pickOne, seededRandom } from './seeded-random.ts';
import { type SupervisedProcess, wrongClock } from './supervised-process.ts';
import type { TrialContext } from './trial-context.ts';

/** How long something is away or frozen: short with short times, over a minute with those of production. */
const durationMs = ({ plan }: TrialContext, shortMs: number, realMs: number): number =>
  plan.real ? realMs : shortMs;
/** Longer than the lease, in either case. */
const frozenMs = (context: TrialContext) => durationMs(context, 2_500, 90_000);
const awayMs = (context: TrialContext) => durationMs(context, 3_000, 60_000);
const DRAIN_MS = 45_000;

/** What follows an injected fault by itself (a frozen process that wakes later). */
export interface InjectedFault {
  aftermath?: Promise<void>;
}

/** `n`: which fault of the plan this is. */
export async function injectFault(context: TrialContext, fault: Fault, n: number): Promise<InjectedFault> {
  const victim = pickOne(senders(context), seededRandom(context.plan.seed, 'victim', n));
  if (fault === 'stop') return freeze(context, victim);
  await injectNow(context, fault, n, victim);
  return {};
}

async function injectNow(
  context: TrialContext,
  fault: Fault,
  n: number,
  victim: SupervisedProcess,
): Promise<void> {
  if (fault.startsWith('kill at ')) return killAt(context, fault.slice(8) as Point);
  switch (fault) {
    case 'kill':
      return crash(context, victim);
    case 'kill web':
      return crash(context, context.processes.find((each) => each.role === 'web')!);
    case 'term':
      await victim.stop(DRAIN_MS);
      return victim.restart();
    case 'clock':
      await victim.stop(DRAIN_MS);
      return victim.restart(wrongClock(seededRandom(context.plan.seed, 'clock') < 0.5 ? 1 : -1));
    case 'pause':
      await context.harness.run('issue', 'pause', context.issue);
      await context.harness.run('issue', 'resume', context.issue);
      return;
    case 'pause 100 times':
      return pauseOften(context);
    case 'cancel':
      await context.harness.json('issue', 'cancel', context.issue);
      return;
    case 'leave':
      return unsubscribeReaders(context, n);
    case 'suppress':
      return suppressReaders(context, n);
    default:
      return injectServerFault(context, fault);
  }
}

const senders = ({ processes }: TrialContext): SupervisedProcess[] =>
  processes.filter((each) => each.role !== 'web');

async function crash(context: TrialContext, victim: SupervisedProcess): Promise<void> {
  context.openAtCrash += victim.crash(context.harness.sink);
  await victim.restart();
}

/** Kills the process whose connection reaches this point next. */
async function killAt(context: TrialContext, point: Point): Promise<void> {
  let victim: SupervisedProcess | undefined;
  context.relay.set({
    point,
    run: ({ peer }) => {
      victim = senders(context).find((each) => each.alive && each.holds(peer));
      if (victim) context.openAtCrash += victim.crash(context.harness.sink);
    },
  });
  // A send that is over, or has paused itself, reaches no further point.
  await until(`a process was killed at ${point}`, async () => victim || (await resumeIfAutoPaused(context)), {
    withinMs: 60_000,
  });
  await victim?.restart();
}

function freeze(context: TrialContext, victim: SupervisedProcess): InjectedFault {
  context.openAtCrash += victim.connections(context.harness.sink);
  victim.freeze();
  return { aftermath: wait(frozenMs(context)).then(() => victim.thaw()) };
}

async function pauseOften({ db, issueId }: TrialContext): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    await retry(() => pauseIssue(db, issueId, 'editor', byEditor('a trial')));
    await retry(() => resumeIssue(db, issueId));
  }
}

async function injectServerFault(context: TrialContext, fault: Fault): Promise<void> {
  const { harness, redis, postgres, disk, db } = context;
  switch (fault) {
    case 'connections':
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`.execute(db);
      return;
    case 'relay cut':
      context.openAtCrash += harness.sink.open;
      harness.sink.cut();
      return;
    case 'relay away':
      context.openAtCrash += harness.sink.open;
      await harness.sink.close();
      await wait(1_500);
      return harness.sink.listen();
    case 'redis killed':
    case 'redis away':
      await redis!.kill();
      if (fault === 'redis away') await wait(awayMs(context));
      return redis!.start();
    case 'redis emptied':
      return tellRedis(context, 'FLUSHALL');
    case 'redis full':
      await tellRedis(context, 'CONFIG', 'SET', 'maxmemory', '1mb');
      await wait(2_000);
      return tellRedis(context, 'CONFIG', 'SET', 'maxmemory', '0');
    case 'postgres killed':
    case 'postgres away':
      await (postgres ? postgres.kill() : killPostgres(`${harness.env.POSTRIDER_HOME}/postgres/data`));
      if (fault === 'postgres away') await wait(awayMs(context));
      await postgres?.start();
      return;
    case 'disk full':
      disk!.fill();
      await wait(2_000);
      disk!.clear();
      // A server that gave up because of its disk is started again, as an operator would.
      await postgres?.start();
      return;
    default:
      throw new Error(`no such fault: ${fault}`);
  }
}

async function tellRedis({ redis }: TrialContext, command: string, ...words: string[]): Promise<void> {
  const client = new Redis(redis!.url);
  try {
    await client.call(command, ...words);
  } finally {
    client.disconnect();
  }
}
