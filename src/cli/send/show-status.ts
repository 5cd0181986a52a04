/** Prints the status of a send, for people and for machines. */
import type { Db } from '../../db/connection.ts';
import { type AuditEntry, auditOf } from '../../ledger/audit-log.ts';
import { alarmText } from '../../ledger/feedback/alarms.ts';
import { feedbackText } from '../../stats/feedback.ts';
import type { LaneStatus } from '../../stats/lanes.ts';
import { recounted } from '../../stats/recount.ts';
import { type CanaryStatus, type IssueStatus, issueStatus } from '../../stats/status.ts';
import { out } from '../output.ts';
import { facts } from '../text.ts';
import { segmentFacts } from './segment.ts';
import { type Unconfirmed, unconfirmedFacts } from './unconfirmed.ts';

/** Includes the audit log, such as a send despite an error. */
export async function showStatus(
  db: Db,
  issueId: number,
  unconfirmed: Unconfirmed | null = null,
): Promise<void> {
  await show(await issueStatus(db, issueId), await auditOf(db, issueId), unconfirmed);
}

/** Exits with 1 when rows and counters differ. */
export async function showRecounted(db: Db, issueId: number): Promise<void> {
  const status = await issueStatus(db, issueId);
  const recount = await recounted(db, issueId);
  const differs = Object.entries(recount.counts).map(([name, count]) => `${name} ${count}`);
  const fact = recount.agrees ? 'agrees' : `differs: the rows say ${differs.join(', ')}`;
  const audit = await auditOf(db, issueId);
  out(
    { ...status, audit, recount },
    facts([...(await statusFacts(status)), ...audit.map(auditFact), ['recount', fact]]),
  );
  if (!recount.agrees) process.exitCode = 1;
}

export async function show(
  status: IssueStatus,
  audit: readonly AuditEntry[],
  unconfirmed: Unconfirmed | null = null,
): Promise<void> {
  const lines = [...(await statusFacts(status)), ...unconfirmedFacts(unconfirmed), ...audit.map(auditFact)];
  out({ ...status, ...(unconfirmed && { unconfirmed }), audit }, facts(lines));
}

const auditFact = ({ at, who, act, details }: AuditEntry): Facts[number] => {
  const rules = Array.isArray(details.rules) ? ` in spite of ${details.rules.join(', ')}` : '';
  return ['audit', `${at} ${who}: ${act}${rules}`];
};

export async function statusFacts(status: IssueStatus): Promise<Facts> {
  return [...(await stateFacts(status)), ...countFacts(status)];
}

type Facts = (readonly [name: string, value: string])[];

async function stateFacts(status: IssueStatus): Promise<Facts> {
  const { state, rehearsal, reason, timezone } = status;
  const times: Facts = [];
  if (status.scheduledAt) times.push(['scheduled', await inBothClocks(status.scheduledAt, timezone)]);
  if (status.onlyReachedBy) times.push(['correction', `only to those whom ${status.onlyReachedBy} reached`]);
  if (status.segment) times.push(...segmentFacts(status.segment));
  if (status.canary) times.push(canaryFact(status.canary));
  if (status.waitsUntil) times.push(['waits', `${status.waitsFor}, until ${status.waitsUntil}`]);
  for (const holdup of status.holdups)
    if (status.waitsFor === null || !holdup.startsWith(status.waitsFor)) times.push(['held up', holdup]);
  if (status.doneOn) times.push(['done on', await onDay(status.doneOn, timezone)]);
  if (status.thinnedAt) times.push(['ledger', `compacted to counts at ${status.thinnedAt}`]);
  for (const { lane, outcome, reason, count } of status.thinned ?? [])
    times.push(['', `${lane}: ${count} ${outcome}${reason === null ? '' : ` (${reason})`}`]);
  if (status.expiresAt) times.push(['expires', await inBothClocks(status.expiresAt, timezone)]);
  if (status.catchUpUntil) times.push(['catch-up until', await inBothClocks(status.catchUpUntil, timezone)]);
  if (status.correctedAt)
    times.push(['corrected', `on the web, ${await inBothClocks(status.correctedAt, timezone)}`]);
  return [
    ['issue', status.issue],
    ['state', `${state}${rehearsal ? ' (rehearsal: built-in inbox)' : ''}${reason ? `: ${reason}` : ''}`],
    ...times,
  ];
}

/** Loads the time zones only when there is a time to show. */
async function inBothClocks(iso: string, timezone: string): Promise<string> {
  const { sayTime } = await import('../../sends/send-time.ts');
  return sayTime(new Date(iso), timezone);
}

/** `Thursday, 2026-11-26`: a forecast is not more precise than a day. */
export async function onDay(iso: string, timezone: string): Promise<string> {
  const day = (await inBothClocks(iso, timezone)).slice(0, 10);
  const name = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: timezone }).format(new Date(iso));
  return `${name}, ${day}, if warming up goes well`;
}

/** The audience is labelled as growing until all deliveries are planned. */
function countFacts(status: IssueStatus): Facts {
  const { audience, ...outcomes } = status.counts;
  const begun = status.state !== 'draft' && status.state !== 'scheduled';
  const recent = status.lanes.some(({ rate }) => rate !== null);
  return [
    [begun && !status.planned ? 'planned so far' : 'audience', String(audience)],
    ...Object.entries(outcomes).map(([name, count]) => [name, String(count)] as const),
    ...(status.deferred > 0 ? [['deferred', `${status.deferred}, until ${status.retryUntil}`] as const] : []),
    ...(status.rate === null
      ? []
      : [[recent ? 'rate' : 'mean rate', `${status.rate}/s${recent ? ' in the last minute' : ''}`] as const]),
    ...(status.eta === null ? [] : [['time left', `about ${status.eta} s at that rate`] as const]),
    ...(begun && status.lanes.length > 1 ? status.lanes.map(laneFact) : []),
    ...feedbackFacts(status),
  ];
}

function feedbackFacts({ feedback }: IssueStatus): Facts {
  const text = feedbackText(feedback);
  return [
    ...(text === '' ? [] : [['came back', text] as const]),
    ...(feedback.lanes.length > 1
      ? feedback.lanes.map((lane) => ['', `${lane.lane}: ${feedbackText(lane)}`] as const)
      : []),
    ...[feedback, ...feedback.lanes.map((lane) => ({ ...lane, of: ` in lane ${lane.lane}` }))].flatMap(
      (one) =>
        one.alarms.map((alarm) => [alarm.level, `${alarmText(alarm)}${'of' in one ? one.of : ''}`] as const),
    ),
  ];
}

function laneFact(lane: LaneStatus): Facts[number] {
  const parts = [`${lane.accepted} of ${lane.audience} accepted`];
  for (const name of ['refused', 'skipped', 'unknown', 'waiting'] as const)
    if (lane[name] > 0) parts.push(`${lane[name]} ${name}`);
  if (lane.deferred > 0) parts.push(`of these ${lane.deferred} deferred`);
  if (lane.heldUntil !== null) parts.push(`held until ${lane.heldUntil}`);
  if (lane.waiting > 0 && lane.rate !== null) parts.push(`${lane.rate}/s`);
  if (lane.waiting > 0 && lane.eta !== null) parts.push(`about ${lane.eta} s left`);
  return [`lane ${lane.lane}`, parts.join(', ')];
}

function canaryFact({ size, settled, until, asks }: CanaryStatus): Facts[number] {
  const who = size === null ? 'a share of the audience' : `the first ${size}`;
  const then = asks
    ? 'the others when it is resumed'
    : until === null
      ? 'the others later'
      : `the others at ${until}`;
  return ['canary', `${who}${settled ? ', all with an answer' : ''}; ${then}`];
}
