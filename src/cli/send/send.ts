/** `postrider issue send`: checks and asks, then starts or schedules the send; or only does a dry run. */

import type { PreparedIssue } from '../../authoring/prepare-issue.ts';
import { refuseUnsendable } from '../../authoring/sendable.ts';
import type { Program } from '../../bootstrap.ts';
import { relaysWithoutKey } from '../../delivery/relay/dkim/aligned-keys.ts';
import { Refused } from '../../errors.ts';
import { formatMessage } from '../../issue/document/format.ts';
import { type FoundIssue, findIssue } from '../../issue/find.ts';
import { auditOf } from '../../ledger/audit-log.ts';
import { relaysOf } from '../../ledger/relays/route.ts';
import { forecastOf, type WarmUpForecast } from '../../ledger/relays/warm-up.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import type { Relay } from '../../ports.ts';
import { compileFill } from '../../render/slots/fill.ts';
import type { When } from '../../sends/schedule.ts';
import { countAudience, routeFor, type SendOrder, startSending } from '../../sends/start.ts';
import { askYes } from '../confirm.ts';
import type { OpenContext } from '../context.ts';
import { tell, wantsJson } from '../output.ts';
import { stopController } from '../signals.ts';
import { counted, facts } from '../text.ts';
import { prepare } from './prepare.ts';
import { progressLine } from './progress-line.ts';
import { readSegment, segmentFacts } from './segment.ts';
import { canaryText, type OrderOptions, readCanary, readReachedBy, refuseConflicts } from './send-options.ts';
import { onDay, show, showStatus } from './show-status.ts';

interface SendOptions extends OrderOptions {
  yes?: boolean;
  force?: boolean;
  'wait=sent'?: boolean;
}

/** The requested time. `when` is null for now; `said` is the time as text for people. */
interface RequestedTime {
  when: When | null;
  said: string | null;
  catchUpSeconds: number | null;
  expiresAt: Date | null;
}

export async function send(open: OpenContext, reference: string, given: SendOptions): Promise<void> {
  const untilSent = given['wait=sent'] === true;
  const options = untilSent ? { ...given, wait: true } : given;
  refuseConflicts(options);
  const { program } = await open();
  const found = await findIssue(program.db, reference);
  refuseBegun(found);
  const prepared = await prepare(program, found);
  const now = program.clock.now();
  const requestedTime = await readWhen(options, prepared.newsletter.timezone, now);
  const overridden = refuseUnsendable(found, prepared, options.force === true, startOf(requestedTime, now));
  for (const message of prepared.messages) if (!wantsJson()) tell(formatMessage(found.sourceName, message));
  const route = routeFor(program.relays, prepared.newsletter.relay);
  const relay = route.relays[0]!;
  const reachedBy = await readReachedBy(program, found, relay.rehearsal, options);
  const segment = await readSegment(program, prepared.newsletter, options);
  const audience = await countAudience(program.db, found.newsletterId, { reachedBy, segment });
  if (audience === 0) throw emptyAudience(found.newsletter, options);
  const wanted = { relay, route: route.text, canary: readCanary(options), reachedBy, segment };
  const order = { issueId: found.id, name: found.name, edition: prepared.edition, ...wanted, overridden };
  if (options.dryRun) return (await import('./dry-run.ts')).printDryRun(program, found, prepared, wanted);
  const forecast = await forecastOf(program.db, relaysOf(route.text), audience);
  if (!(await askConfirmation(order, route.relays, audience, { ...requestedTime, forecast }, options)))
    throw new Refused('not-confirmed', 'nothing was sent');
  // From here on Ctrl-C must not end the command half-way: the send continues, and the command says so.
  const stop = options.wait ? stopController().signal : null;
  await startOrSchedule(
    program,
    found,
    { ...order, catchUpSeconds: requestedTime.catchUpSeconds, expiresAt: requestedTime.expiresAt },
    requestedTime,
    prepared,
  );
  if (!stop) return showStatus(program.db, found.id);
  await waitFor(program, found, stop, untilSent);
}

function startOf({ when }: RequestedTime, now: Date): Date {
  if (when === null) return now;
  return 'at' in when ? when.at : new Date(now.getTime() + 1_000 * when.delaySeconds);
}

function refuseBegun({ state, name }: FoundIssue): void {
  if (state === 'draft') return;
  throw new Refused(
    'issue-not-draft',
    `${name} is ${state} already; nothing was changed (see postrider issue status ${name})`,
  );
}

const emptyAudience = (newsletter: string, { onlyReachedBy, segment }: SendOptions): Refused =>
  new Refused(
    'empty-audience',
    segment !== undefined
      ? `nobody who may be mailed now is in the segment ${segment}, so there is nobody to send to; see postrider segment count --newsletter ${newsletter}`
      : onlyReachedBy !== undefined
        ? `${onlyReachedBy} reached nobody who may still be mailed, so there is nobody to send to`
        : `${newsletter} has no confirmed subscribers, so there is nobody to send to; see postrider subscriber import --help`,
  );

async function readWhen(options: SendOptions, timezone: string, now: Date): Promise<RequestedTime> {
  const { at, delay, catchUp, expires } = options;
  if ([at, delay, catchUp, expires].every((option) => option === undefined))
    return { when: null, said: null, catchUpSeconds: null, expiresAt: null };
  const { readDuration, readExpiry, readSendTime, sayTime } = await import('../../sends/send-time.ts');
  const catchUpSeconds = catchUp === undefined ? null : readDuration(catchUp, '--catch-up');
  const delaySeconds = delay === undefined ? 0 : readDuration(delay, '--delay');
  const moment = at === undefined ? null : readSendTime(at, timezone);
  const start = moment?.at ?? new Date(now.getTime() + 1_000 * delaySeconds);
  const expiry = expires === undefined ? null : readExpiry(expires, start, timezone);
  for (const read of [moment, expiry]) if (read?.note) tell(`note: ${read.note}`);
  const rest = { catchUpSeconds, expiresAt: expiry?.at ?? null };
  if (delay !== undefined) return { when: { delaySeconds }, said: `in ${delay}`, ...rest };
  if (moment === null) return { when: null, said: null, ...rest };
  return { when: { at: moment.at }, said: sayTime(moment.at, timezone), ...rest };
}

/**
 * On a terminal a person sees what is about to happen and must say yes; `--yes`, `--json` or no terminal do not ask.
 */
async function askConfirmation(
  { edition, relay, route, canary, segment }: SendOrder,
  relays: readonly Relay[],
  audience: number,
  requestedTime: RequestedTime & { forecast: WarmUpForecast | null },
  options: SendOptions,
): Promise<boolean> {
  const name = route ?? relay.settings.name;
  const later = segment ? 'confirmed and in it' : 'confirmed';
  const now = requestedTime.when === null ? '' : ` now; everybody who is ${later} when it starts gets it`;
  const what = facts([
    ['from', `${edition.from.name} <${edition.from.address}>`],
    ['subject', compileFill(edition.subject, 'text')({ reader: {}, link: {} })],
    [
      'audience',
      options.onlyReachedBy === undefined
        ? `${counted(audience, segment ? 'reader' : 'confirmed subscriber')}${segment ? ' in the segment' : ''}${now}`
        : `${audience} of those whom ${options.onlyReachedBy} reached${now}`,
    ],
    ...segmentFacts(segment),
    ['relay', relay.rehearsal ? `${name} (a rehearsal: nothing leaves this machine)` : name],
    ...(requestedTime.forecast ? [['warming up', await forecastText(requestedTime.forecast)] as const] : []),
    ...(requestedTime.said === null ? [] : [['when', requestedTime.said] as const]),
    ...(canary ? [['canary', canaryText(canary)] as const] : []),
    ...(options.catchUp
      ? [['catch-up', `people who confirm within ${options.catchUp} get it too`] as const]
      : []),
    ...(requestedTime.expiresAt ? [['expires', requestedTime.expiresAt.toISOString()] as const] : []),
  ]);
  if (!wantsJson()) tell(what);
  for (const warning of relaysWithoutKey(relays, edition.from.address)) tell(`warning: ${warning}`);
  if (options.yes || wantsJson() || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  return askYes(requestedTime.when === null ? 'Send it?' : 'Schedule it?');
}

const forecastText = async ({ today, doneAt }: WarmUpForecast): Promise<string> =>
  `${today} may go out today, the latest subscribers first; done on ${await onDay(doneAt.toISOString(), 'UTC')}`;

async function startOrSchedule(
  program: Program,
  found: FoundIssue,
  order: SendOrder,
  requestedTime: RequestedTime,
  { newsletter }: PreparedIssue,
): Promise<void> {
  if (requestedTime.when === null) return startSending(program.db, program.wakeUps, program.log, order);
  const { scheduleSending } = await import('../../sends/schedule.ts');
  const { sayTime } = await import('../../sends/send-time.ts');
  const at = await scheduleSending(program.db, order, requestedTime.when);
  tell(
    `${found.name} is scheduled for ${sayTime(at, newsletter.timezone)}; postrider issue cancel ${found.name} takes it back`,
  );
  if ((await liveWorkers(program.db)) === 0)
    tell('no worker is alive; start one by then: postrider start (or postrider worker)');
}

/** Ctrl-C leaves the send running. */
async function waitFor(
  program: Program,
  found: FoundIssue,
  signal: AbortSignal,
  untilSent: boolean,
): Promise<void> {
  const { watchIssue } = await import('../worker/watch-issue.ts');
  const { status, served } = await watchIssue(program, found.id, signal, untilSent);
  await show(status, await auditOf(program.db, found.id));
  if (!served)
    throw new Refused(
      'no-worker',
      'no worker is alive, so nothing is sent; start one: postrider worker (or postrider start)',
    );
  const waits = signal.aborted ? null : progressLine(status);
  if (waits) printLast(`${found.name}: ${waits}`);
  if (signal.aborted && ['sending', 'scheduled'].includes(status.state)) await tellContinues(program, found);
  if (['paused', 'cancelled', 'draft'].includes(status.state)) process.exitCode = 1;
}

/**
 * Prints a line after the answer. With `--json` the answer must be one JSON value, so the line goes to standard error.
 */
const printLast = (line: string): void => void (wantsJson() ? tell(line) : process.stdout.write(`${line}\n`));

async function tellContinues(program: Program, found: FoundIssue): Promise<void> {
  const alive = (await liveWorkers(program.db)) > 0;
  tell(
    alive
      ? `${found.name} continues; see postrider issue status ${found.name}`
      : `${found.name} continues as soon as a worker is alive: postrider start (or postrider worker)`,
  );
}
