/** `postrider start|web|worker|migrate`: the long-running roles and the schema. */
import type { Command } from 'commander';
import { runWorker } from '../../../workers/main.ts';
import { hasInbox, openProgram, type Program } from '../../bootstrap.ts';
import { type Config, readsFeedbackMail } from '../../config/config.ts';
import { isLoginRefused } from '../../db/faults.ts';
import { Refused } from '../../errors.ts';
import type { OpenContext } from '../context.ts';
import { out, tell } from '../output.ts';
import { aborted, stopController } from '../signals.ts';
import { workerCommands } from './worker.ts';

interface Roles {
  web: boolean;
  worker: boolean;
}

export function roleCommands(root: Command, readSettings: () => Config, open: OpenContext): void {
  root
    .command('start')
    .description('Runs all roles in one process: web pages, sending, housekeeping.')
    .action(() => run(readSettings, { web: true, worker: true }));
  root
    .command('web')
    .description('Runs the web pages only.')
    .action(() => run(readSettings, { web: true, worker: false }));
  const worker = root
    .command('worker')
    .description('Runs sending and housekeeping only. Its subcommands list and manage workers.')
    .action(() => run(readSettings, { web: false, worker: true }));
  workerCommands(worker, open);
  root
    .command('migrate')
    .description('Brings the database up to date (start does it too).')
    .option('--json', 'one JSON value on standard output')
    .action(() => migrateOnly(readSettings));
}

async function migrateOnly(readSettings: () => Config): Promise<void> {
  const program = await openProgram(readSettings(), tell);
  try {
    const applied = await program.migrate();
    out(
      { applied },
      applied.length === 0 ? 'the database is up to date' : `applied migrations ${applied.join(', ')}`,
    );
  } finally {
    await program.close();
  }
}

async function run(readSettings: () => Config, roles: Roles): Promise<void> {
  // Created before anything is opened, so that a start that is stopped early closes what it has opened.
  const stop = stopController();
  const program = await openProgram(readSettings(), tell);
  try {
    warnOfIdleSettings(program);
    if (!stop.signal.aborted) await runRoles(program, roles, stop);
  } finally {
    await program.close();
  }
}

/** Warns of settings that this release does not use, and of a bounce domain whose mail nobody reads. */
function warnOfIdleSettings({ config, log }: Program): void {
  if (config.metricsPort !== null)
    log.warn({ setting: 'METRICS_PORT' }, 'METRICS_PORT is set, but this release does not use it yet');
  if (config.bounceDomain !== null && !readsFeedbackMail(config))
    log.warn(
      { setting: 'BOUNCE_DOMAIN' },
      'BOUNCE_DOMAIN is set, but no FEEDBACK_IMAP_URL, FEEDBACK_LMTP_PORT or FEEDBACK_SMTP_PORT reads its mail; feed it to postrider feedback ingest',
    );
}

/** Runs until `stop` aborts. Then web accepts no more requests, and the worker drains. */
export async function runRoles(
  program: Program,
  roles: Roles,
  stop: AbortController,
  onUp?: () => Promise<void>,
): Promise<void> {
  const web = roles.web ? await (await import('../../web.ts')).startWeb(program) : null;
  if (web) greet(program, web.address);
  let fault: unknown;
  try {
    await untilReady(program, stop.signal);
    if (stop.signal.aborted) return;
    const mustStop = (why: string) => {
      fault = new Refused('schema-newer', why);
      stop.abort();
    };
    const worker = roles.worker ? await runWorker(program) : null;
    const watching = watchSchema(program, stop.signal, mustStop);
    try {
      await onUp?.();
      await aborted(stop.signal);
    } finally {
      stop.abort();
      await watching;
      await worker?.stop();
    }
  } finally {
    await web?.stop();
  }
  if (fault) throw fault;
}

/**
 * Waits at the start for a database that is unavailable, but not for one that belongs to a newer release or needs
 * another secret.
 */
async function untilReady(program: Program, signal: AbortSignal): Promise<void> {
  for (let pause = 250; !signal.aborted; pause = Math.min(pause * 2, 5_000)) {
    try {
      await program.migrate();
      await program.checkKeys(true);
      return;
    } catch (error) {
      if (error instanceof Refused || isLoginRefused(error)) throw error;
      program.log.warn(
        { error: (error as Error).message },
        'the database cannot be reached yet; waiting for it',
      );
      await program.clock.sleep(pause, signal);
    }
  }
}

/** When a newer release migrates the database, this process drains and says so. */
async function watchSchema(
  program: Program,
  signal: AbortSignal,
  mustStop: (why: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    await program.checkSchema().catch((error: unknown) => {
      if (error instanceof Refused) mustStop(error.message);
    });
    await program.clock.sleep(program.config.times.heartbeatMs, signal);
  }
}

/** In production, all output is log lines for machines, from the first line on. */
function greet(program: Program, address: string): void {
  if (program.config.production) {
    program.log.info({ publicUrl: program.config.publicUrl, listening: address }, 'the pages are up');
    return;
  }
  tell(`Postrider is at ${program.config.publicUrl} (listening on ${address}).`);
  if (hasInbox(program))
    tell(
      `Rehearsal: no SMTP_URL is set, so every mail goes to the built-in inbox at ${program.config.publicUrl}/inbox/`,
    );
}
