/**
 * Writes an issue's plan: who gets it. The first page fixes the moment T and the highest subscription id, and pages
 * follow in id order. Closing the plan goes over all subscriptions once more, page by page, and inserts people whom a
 * page missed (confirmed by T in a transaction that committed late). Unsubscribes wait while a page is written, so no
 * transaction here reads a whole audience.
 *
 * With a canary the plan goes on hold once its first people are planned; the rest of the same plan, by the same T,
 * follows when the canary is over. A correction plans only people whom another issue has reached, and an order with a
 * segment only people who are in it when their page is written.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { ensureDeliveryPartition } from '../db/partitions.ts';
import { inSegment } from '../segment/condition.ts';
import type { Segment } from '../segment/filter.ts';
import {
  type LaneTable,
  laneOf,
  notPlanned,
  notSuppressed,
  type ReachedBy,
  wantsIssue,
  wasReached,
} from './audience.ts';
import { audience, tally } from './counts.ts';
import { insertDeliveries } from './moves/move-deliveries.ts';
import { relayNames } from './relays/route.ts';
import { lockPlanning } from './unsubscribe-guard.ts';

export type { LaneTable } from './audience.ts';

export interface PlanPage {
  planned: number;
  /** Lanes that got rows from this page. */
  lanes: string[];
  /** Nothing more is to be planned now: the plan is closed or on hold. */
  done: boolean;
}

/**
 * Writes one page and moves the cursor in one transaction. Safe to call from several processes: the issue's row is
 * locked, so pages of one issue commit in the order of their ids.
 */
export async function planPage(
  db: Db,
  issueId: number,
  laneTable: LaneTable,
  size: number,
): Promise<PlanPage> {
  await ensureDeliveryPartition(db, issueId);
  await sizeCanary(db, issueId);
  return db.transaction().execute(async (trx) => {
    await lockPlanning(trx, issueId);
    const issue = await openPlan(trx, issueId);
    if (!issue) return { planned: 0, lanes: [], done: true };
    if (issue.plan_closed_to !== null) return closePage(trx, issueId, issue, laneTable, size);
    const room = await canaryRoom(trx, issueId, issue);
    if (room === 0) {
      await sql`UPDATE sends SET plan_on_hold = true WHERE issue_id = ${issueId}`.execute(trx);
      return { planned: 0, lanes: [], done: true };
    }
    const page = await writePage(trx, issueId, issue, laneTable, { size, room });
    if (page.read === size || page.planned === room)
      return { planned: page.planned, lanes: page.lanes, done: false };
    const closed = await closePage(trx, issueId, issue, laneTable, size);
    return {
      planned: page.planned + closed.planned,
      lanes: [...new Set([...page.lanes, ...closed.lanes])],
      done: closed.done,
    };
  });
}

interface OpenPlan {
  newsletter_id: number;
  plan_moment: Date;
  plan_high: number;
  plan_cursor: number;
  /** How far the closing pass has come (a subscription id); null before it begins. */
  plan_closed_to: number | null;
  /** The size of a canary that is not over. */
  canary: number | null;
  reached_by: number | null;
  reached_unknown: boolean;
  recent_first: boolean;
  /** This database is a copy: people who are still to be planned may have been reached by the original. */
  plan_as_unknown: boolean;
  segment: Segment | null;
}

/** A relay of the issue is being warmed up: its few messages per day go to the people who confirmed most recently. */
const warmsUp = sql`EXISTS (
  SELECT 1 FROM relays r WHERE r.warm_up_stage <= cardinality(r.warm_up)
    AND r.name = ANY(${relayNames(sql`sends.route`)}))`;

/**
 * When the row of subscription `s` is due: the most recently confirmed come first. The time is always in the past, so
 * it orders waiting rows without delaying any; leases take due rows in that order.
 */
const turnOf = ({ recent_first, plan_moment }: OpenPlan) => sql`
  CASE WHEN ${recent_first} THEN 'epoch'::timestamptz + (${plan_moment}::timestamptz - s.confirmed_at) END`;

/** The issue is sending or paused: its plan is written in both states. */
const openFor = (issueId: number) =>
  sql`issues.id = ${issueId} AND sends.issue_id = issues.id AND issues.state IN ('sending', 'paused')`;

/**
 * Turns a canary's percentage into a number of people. Counted before the first page, since nobody can unsubscribe
 * while a page is written. One or two people who come or go in between make no difference.
 */
async function sizeCanary(db: Db, issueId: number): Promise<void> {
  const { rows } = await sql<{ segment: Segment | null }>`SELECT sends.segment FROM issues, sends
    WHERE ${openFor(issueId)} AND plan_moment IS NULL AND canary_percent IS NOT NULL`.execute(db);
  for (const { segment } of rows)
    await sql`
      UPDATE sends SET canary_size = greatest(1, ceil(canary_percent / 100 * (
        SELECT count(*) FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
        WHERE s.newsletter_id = issues.newsletter_id AND s.state = 'confirmed' AND ${inSegment(segment)})))
      FROM issues WHERE ${openFor(issueId)} AND plan_moment IS NULL`.execute(db);
}

/**
 * Fixes T and the highest id when the first page is written. The caller has locked the issue. Null when there is
 * nothing to plan.
 */
async function openPlan(trx: Trx, issueId: number): Promise<OpenPlan | null> {
  await sql`
    UPDATE sends SET plan_moment = clock_timestamp(),
      plan_high = (SELECT coalesce(max(s.id), 0) FROM subscriptions s WHERE s.newsletter_id = issues.newsletter_id AND s.state = 'confirmed'),
      recent_first = ${warmsUp}
    FROM issues WHERE ${openFor(issueId)} AND plan_moment IS NULL`.execute(trx);
  const { rows } = await sql<OpenPlan>`
    SELECT newsletter_id, plan_moment, plan_high, plan_cursor, plan_closed_to, reached_by, reached_unknown, recent_first, plan_as_unknown, segment,
      CASE WHEN NOT canary_over THEN canary_size END AS canary
    FROM issues, sends WHERE ${openFor(issueId)} AND NOT plan_done AND NOT plan_on_hold`.execute(trx);
  return rows[0] ?? null;
}

/** How many more people of the canary may be planned. */
async function canaryRoom(trx: Trx, issueId: number, { canary }: OpenPlan): Promise<number> {
  if (canary === null) return Number.POSITIVE_INFINITY;
  return Math.max(0, canary - audience(await tally(trx, issueId)));
}

const reachedBy = ({ reached_by, reached_unknown }: OpenPlan): ReachedBy | null =>
  reached_by === null ? null : { issueId: reached_by, unknown: reached_unknown };

const wants = (issueId: number, { newsletter_id, plan_moment, reached_by }: OpenPlan) =>
  wantsIssue({ newsletterId: newsletter_id, issueId, moment: plan_moment, correction: reached_by !== null });

/** Looks at `size` subscriptions and plans at most `room` people; the next page continues after the last of them. */
async function writePage(
  trx: Trx,
  issueId: number,
  issue: OpenPlan,
  table: LaneTable,
  { size, room }: { size: number; room: number },
) {
  const page = sql`
    SELECT s.* FROM subscriptions s
    WHERE s.newsletter_id = ${issue.newsletter_id} AND s.state = 'confirmed'
      AND s.id > ${issue.plan_cursor} AND s.id <= ${issue.plan_high}
    ORDER BY s.id LIMIT ${size}`;
  const written = await writeRows(trx, issueId, issue, table, {
    page,
    wanted: sql`true`,
    due: turnOf(issue),
    room,
  });
  if (written.last !== null)
    await sql`UPDATE sends SET plan_cursor = ${written.last}, served_at = clock_timestamp() WHERE issue_id = ${issueId}`.execute(
      trx,
    );
  return written;
}

/**
 * A page of the closing pass: people who were confirmed by T but are in no page. Their ids may come before rows that
 * were already visited, so they are due at once. The last page closes the plan.
 */
async function closePage(
  trx: Trx,
  issueId: number,
  issue: OpenPlan,
  table: LaneTable,
  size: number,
): Promise<PlanPage> {
  const page = sql`
    SELECT s.* FROM subscriptions s
    WHERE s.newsletter_id = ${issue.newsletter_id} AND s.state = 'confirmed' AND s.id > ${issue.plan_closed_to ?? 0}
    ORDER BY s.id LIMIT ${size}`;
  const due = sql`coalesce(${turnOf(issue)}, clock_timestamp())`;
  const wanted = notPlanned(sql`${issueId}`);
  const { read, last, planned, lanes } = await writeRows(trx, issueId, issue, table, { page, wanted, due });
  const done = read < size;
  await sql`UPDATE sends SET plan_closed_to = coalesce(${last}, plan_closed_to, 0), plan_done = ${done},
    canary_over = canary_over OR ${done}, served_at = clock_timestamp() WHERE issue_id = ${issueId}`.execute(
    trx,
  );
  return { planned, lanes, done };
}

interface Rows {
  /** A page of subscriptions. */
  page: RawBuilder<unknown>;
  /** Which of them, if they are eligible. */
  wanted: RawBuilder<unknown>;
  due: RawBuilder<unknown>;
  /** At most so many people, the first ones of the page. */
  room?: number;
}

/**
 * Plans the eligible people of a page; returns how many subscriptions it looked at, and after which one to continue.
 */
async function writeRows(
  trx: Trx,
  issueId: number,
  issue: OpenPlan,
  table: LaneTable,
  { page, wanted, due, room = Number.POSITIVE_INFINITY }: Rows,
) {
  const limited = Number.isFinite(room);
  // A full room leaves people of the page for later.
  const last = limited
    ? sql`CASE WHEN (SELECT count(*) FROM written) = ${room} THEN (SELECT max(subscription_id) FROM written)
        ELSE (SELECT max(id) FROM page) END`
    : sql`(SELECT max(id) FROM page)`;
  const [state, reason] = issue.plan_as_unknown
    ? (['unknown', 'restored'] as const)
    : (['planned', null] as const);
  const { rows } = await sql<{ read: number; last: number | null; planned: number; lanes: string[] | null }>`
    WITH page AS (${page}), written AS (${insertDeliveries(state, reason, {
      values: sql`${issueId}::bigint, 'issue', p.identity, s.newsletter_id, s.subscriber_id, s.id, p.email, ${laneOf(table)},
        ${issue.plan_as_unknown ? sql`NULL::timestamptz` : due}`,
      from: sql`page s JOIN subscribers p ON p.id = s.subscriber_id
        WHERE s.confirmed_at <= ${issue.plan_moment} AND ${notSuppressed} AND ${wasReached(reachedBy(issue))}
          AND ${wants(issueId, issue)} AND ${inSegment(issue.segment, sql`${issue.plan_moment}::timestamptz`)} AND ${wanted}
        ORDER BY s.id ${limited ? sql`LIMIT ${room}` : sql``}`,
      returning: sql`lane, subscription_id`,
    })})
    SELECT (SELECT count(*) FROM page)::int AS read, ${last} AS last,
      (SELECT count(*) FROM written)::int AS planned, (SELECT array_agg(DISTINCT lane) FROM written) AS lanes`.execute(
    trx,
  );
  const row = rows[0]!;
  return { ...row, lanes: row.lanes ?? [] };
}
