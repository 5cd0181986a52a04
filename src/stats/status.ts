/** The state of a send in numbers: what `issue status` prints. */
import { type Selectable, sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { IssueState, IssuesTable, SendsTable } from '../db/schema.ts';
import { reasonText } from '../issue/reason.ts';
import { type CompactedCount, compactedCounts } from '../ledger/compact.ts';
import { type Tally, tally, waiting } from '../ledger/counts.ts';
import { countsOfIssue, sumOf } from '../ledger/feedback/rates.ts';
import { laneProgress } from '../ledger/lanes/progress.ts';
import { relaysOf } from '../ledger/relays/route.ts';
import { forecastOf } from '../ledger/relays/warm-up.ts';
import type { Segment } from '../segment/filter.ts';
import { type FeedbackView, viewFeedback } from './feedback.ts';
import { holdupsOf } from './holdups.ts';
import { type Counts, countsOf, type LaneStatus, laneStatus, rounded } from './lanes.ts';

export interface IssueStatus {
  issue: string;
  state: IssueState;
  reason: string | null;
  rehearsal: boolean;
  counts: Counts;
  /** Of those waiting: postponed by a relay's reply, or untried because of quiet hours or an unreachable domain. */
  deferred: number;
  /** Why they were postponed, the most frequent reason first, in the ledger's words. */
  putOff: PutOff[];
  /** When the last of the deferred is due (ISO); null when there are none. */
  retryUntil: string | null;
  /** Settled per second in the last minute, or the mean since the start where that is unknown; null before the start. */
  rate: number | null;
  /** The slowest lane's seconds until everyone waiting has been tried, including retries. Null when unknown. */
  eta: number | null;
  lanes: LaneStatus[];
  /** What a running send waits for (a limit of its relay, quiet hours), and until when (ISO). */
  waitsFor: string | null;
  waitsUntil: string | null;
  /** Why a running send makes no progress although people wait: no worker, or a relay that is down or resting. */
  holdups: string[];
  /** When the last message will go out (ISO), while all relays of a running send are being warmed up. */
  doneOn: string | null;
  /** The first people of the plan, while the others wait for their outcome. */
  canary: CanaryStatus | null;
  /** The issue that this one corrects: only people whom that one reached get this one. */
  onlyReachedBy: string | null;
  /** The readers whom the order is restricted to, as it was given; null: all. */
  segment: { name: string | null; expression: string } | null;
  /** When its ledger was compacted to counts (ISO). */
  thinnedAt: string | null;
  /** The counts that are left then. */
  thinned: CompactedCount[] | null;
  /** The plan is closed: the audience is final. */
  planned: boolean;
  /** When it starts, or should have started (ISO). Null for a send that was not scheduled. */
  scheduledAt: string | null;
  /** Whoever confirms before this time (ISO) gets it too. Null without catch-up, and before the plan began. */
  catchUpUntil: string | null;
  /** Nobody gets it after this time (ISO). Null: it does not expire. */
  expiresAt: string | null;
  /** When its page in the archive was last corrected (ISO). Null: the page shows what was sent. */
  correctedAt: string | null;
  /** What came back: all of it, and by lane where anything did. */
  feedback: FeedbackView & { lanes: (FeedbackView & { lane: string })[] };
  /** The newsletter's time zone. */
  timezone: string;
}

export interface PutOff {
  reason: string;
  count: number;
}

export interface CanaryStatus {
  /** People; null for a share before the plan began. */
  size: number | null;
  /** All of them have an outcome. */
  settled: boolean;
  /** When the others follow (ISO). Null until the canary is settled, and when a person has to resume the send. */
  until: string | null;
  /** A person has to resume the send before the others follow. */
  asks: boolean;
}

export async function issueStatus(db: Db, issueId: number): Promise<IssueStatus> {
  const issue = await readIssue(db, issueId);
  const counts = await tally(db, issueId);
  const waitsUntil = issue.waits_until !== null && issue.waits_until > issue.now ? issue.waits_until : null;
  const sending = issue.state === 'sending';
  const deferred = counts.deferred === 0 ? null : await readDeferred(db, issueId);
  const flows = sending && waitsUntil === null;
  const lanes = (await laneProgress(db, issueId)).map((lane) =>
    laneStatus(lane, { flows, planned: issue.plan_done, now: issue.now }),
  );
  return {
    issue: issue.name,
    state: issue.state,
    reason: reasonText(issue.reason_code, issue.reason_detail),
    rehearsal: issue.rehearsal,
    counts: countsOf(counts),
    deferred: counts.deferred,
    putOff: deferred?.putOff ?? [],
    retryUntil: deferred?.until ?? null,
    rate: rounded((flows ? recentRate(lanes) : null) ?? meanRate(counts, issue.seconds)),
    eta: flows && issue.plan_done ? slowest(lanes) : null,
    lanes,
    waitsFor: waitsUntil === null ? null : issue.waits_for,
    waitsUntil: waitsUntil?.toISOString() ?? null,
    holdups: sending && (!issue.plan_done || waiting(counts) > 0) ? await holdupsOf(db, issue.route) : [],
    doneOn: sending ? await doneOn(db, issue.route, counts) : null,
    canary: canaryStatus(issue),
    onlyReachedBy: issue.only_reached_by,
    segment: segmentOf(issue.segment),
    thinnedAt: issue.compacted_at?.toISOString() ?? null,
    thinned: issue.compacted_at === null ? null : await compactedCounts(db, issueId),
    planned: issue.plan_done,
    scheduledAt: issue.scheduled_at?.toISOString() ?? null,
    catchUpUntil: issue.catch_up_until?.toISOString() ?? null,
    expiresAt: issue.expires_at?.toISOString() ?? null,
    correctedAt: issue.corrected_at?.toISOString() ?? null,
    feedback: await feedbackOf(db, issueId),
    timezone: issue.timezone,
  };
}

async function feedbackOf(db: Db, issueId: number): Promise<IssueStatus['feedback']> {
  const lanes = await countsOfIssue(db, issueId);
  const heard = lanes.filter(
    ({ bounced, blocked, complained, unsubscribed }) => bounced + blocked + complained + unsubscribed > 0,
  );
  return {
    ...viewFeedback(sumOf(lanes)),
    lanes: heard.map(({ name, ...counts }) => ({ lane: name, ...viewFeedback(counts) })),
  };
}

/** Null while nobody is planned and waiting. */
async function doneOn(db: Db, route: string | null, counts: Tally): Promise<string | null> {
  if (route === null || waiting(counts) === 0) return null;
  const forecast = await forecastOf(db, relaysOf(route), waiting(counts));
  return forecast?.doneAt.toISOString() ?? null;
}

type IssueRow = Awaited<ReturnType<typeof readIssue>>;

async function readIssue(db: Db, issueId: number) {
  const { rows } = await sql<
    Pick<Selectable<IssuesTable>, 'state' | 'reason_code' | 'reason_detail' | 'compacted_at'> &
      Omit<Selectable<SendsTable>, 'issue_id'> & {
        name: string;
        timezone: string;
        catch_up_until: Date | null;
        canary_until: Date | null;
        only_reached_by: string | null;
        corrected_at: Date | null;
        seconds: number | null;
        now: Date;
      }
  >`
    SELECT n.slug || '/' || i.slug AS name, i.state, i.reason_code, i.reason_detail, coalesce(s.rehearsal, false) AS rehearsal, coalesce(s.plan_done, false) AS plan_done, s.scheduled_at, s.expires_at, n.timezone,
      s.canary_size, s.canary_percent, s.canary_wait_seconds, s.canary_settled_at, coalesce(s.canary_over, false) AS canary_over, s.segment, s.route, s.waits_for,
      s.waits_until, i.compacted_at, clock_timestamp() AS now,
      s.plan_moment + s.catch_up_seconds * interval '1 second' AS catch_up_until,
      s.canary_settled_at + s.canary_wait_seconds * interval '1 second' AS canary_until,
      (SELECT rn.slug || '/' || r.slug FROM issues r JOIN newsletters rn ON rn.id = r.newsletter_id WHERE r.id = s.reached_by) AS only_reached_by,
      (SELECT corrected_at FROM corrections c WHERE c.issue_id = i.id) AS corrected_at,
      extract(epoch FROM coalesce(s.sent_at, clock_timestamp()) - s.sending_since)::float8 AS seconds
    FROM issues i JOIN newsletters n ON n.id = i.newsletter_id LEFT JOIN sends s ON s.issue_id = i.id WHERE i.id = ${issueId}`.execute(
    db,
  );
  return rows[0]!;
}

function segmentOf(stored: unknown): IssueStatus['segment'] {
  const segment = stored as Segment | null;
  return segment && { name: segment.name, expression: segment.expression };
}

function canaryStatus(issue: IssueRow): CanaryStatus | null {
  if ((issue.canary_size === null && issue.canary_percent === null) || issue.canary_over) return null;
  return {
    size: issue.canary_size,
    settled: issue.canary_settled_at !== null,
    until: issue.canary_until?.toISOString() ?? null,
    asks: issue.canary_wait_seconds === null,
  };
}

function meanRate(counts: Tally, seconds: number | null): number | null {
  if (seconds === null || seconds <= 0) return null;
  return (counts.accepted + counts.refused + counts.unknown) / seconds;
}

/** The sum over the lanes whose rate is known; null when none is. */
function recentRate(lanes: readonly LaneStatus[]): number | null {
  const known = lanes.flatMap(({ rate }) => (rate === null ? [] : [rate]));
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
}

/** Lanes run in parallel, so the slowest counts. Null when any lane's time is unknown. */
function slowest(lanes: readonly LaneStatus[]): number | null {
  if (lanes.length === 0 || lanes.some(({ eta }) => eta === null)) return null;
  return Math.max(...lanes.map(({ eta }) => eta!));
}

async function readDeferred(db: Db, issueId: number): Promise<{ putOff: PutOff[]; until: string | null }> {
  const { rows } = await sql<{ reason: string | null; count: number; due: Date | null }>`
    SELECT reason, count(*)::int AS count, max(due_at) AS due FROM deliveries
    WHERE issue_id = ${issueId} AND due_at IS NOT NULL AND state = 'deferred' GROUP BY reason ORDER BY 2 DESC, 1`.execute(
    db,
  );
  const last = Math.max(...rows.map(({ due }) => due?.getTime() ?? 0));
  return {
    putOff: rows.map(({ reason, count }) => ({ reason: reason ?? 'unknown', count })),
    until: last > 0 ? new Date(last).toISOString() : null,
  };
}
