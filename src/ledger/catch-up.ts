/**
 * Catch-up: people who confirm within the configured time after the issue's moment T get it too, and new readers get the
 * latest issue where the newsletter says so. They use the same ledger key as the plan, so nobody gets it twice; somebody who left and came back keeps their existing row.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { reopenIfSent } from '../issue/state.ts';
import { inSegment } from '../segment/condition.ts';
import type { Segment } from '../segment/filter.ts';
import { type LaneTable, laneOf, notPlanned, notSuppressed } from './audience.ts';
import { insertDeliveries } from './moves/move-deliveries.ts';
import { lockPlanning } from './unsubscribe-guard.ts';

const PAGE = 5_000;

/** We keep looking for late-comers this long after the last of them could confirm, since workers may have been down. */
const GRACE = sql`interval '1 day'`;

/**
 * Somebody who was erased after the plan and came back may have a row that no longer identifies them. Their old
 * suppression was linked to them when they came back.
 */
const neverErased = sql`NOT EXISTS (SELECT 1 FROM suppressions e
  WHERE e.subscriber_id = s.subscriber_id AND e.reason = 'erased' AND e.created_at > o.plan_moment)`;

/** Subscription `s` may get issue `i` still, whose send is `o`. */
const mayStill = sql`${neverErased} AND i.compacting_since IS NULL AND ${notSuppressed} AND ${notPlanned(sql`i.id`)}
  AND (o.expires_at IS NULL OR o.expires_at > clock_timestamp())
  AND s.frequency = 'each' AND (s.paused_until IS NULL OR s.paused_until <= clock_timestamp())`;

const afterTheSend = sql`
  issues i JOIN sends o ON o.issue_id = i.id
  JOIN subscriptions s ON s.newsletter_id = i.newsletter_id AND s.state = 'confirmed' AND s.confirmed_at > o.plan_moment
    AND s.confirmed_at <= o.plan_moment + o.catch_up_seconds * interval '1 second'
  JOIN subscribers p ON p.id = s.subscriber_id
  WHERE i.state IN ('sending', 'sent') AND o.plan_done AND o.catch_up_seconds IS NOT NULL
    AND o.plan_moment + o.catch_up_seconds * interval '1 second' + ${GRACE} > clock_timestamp() AND ${mayStill}`;

/** The issue that new readers of newsletter `n` get: the latest that went to everybody. */
const latestIssue = sql`(
  SELECT l.issue_id FROM issues x JOIN sends l ON l.issue_id = x.id
  WHERE x.newsletter_id = n.id AND x.state IN ('sending', 'sent') AND l.plan_done
    AND l.reached_by IS NULL AND l.segment IS NULL
  ORDER BY l.plan_moment DESC LIMIT 1)`;

/** Only people who asked for it themselves: an import of old readers is no reason to mail them. */
const newReaders = sql`
  newsletters n JOIN issues i ON i.id = ${latestIssue} JOIN sends o ON o.issue_id = i.id
  JOIN subscriptions s ON s.newsletter_id = n.id AND s.state = 'confirmed' AND s.request_key IS NOT NULL
    AND s.confirmed_at > greatest(o.plan_moment, n.latest_issue_since, clock_timestamp() - ${GRACE})
  JOIN subscribers p ON p.id = s.subscriber_id
  WHERE n.latest_issue_since IS NOT NULL AND ${mayStill}`;

/** Who gets an issue although its plan is over, as FROM and WHERE. */
const latecomers = { 'after-the-send': afterTheSend, 'new-readers': newReaders };

type Latecomers = keyof typeof latecomers;

/** Issues that have late-comers, who may be in none of their segments. */
export async function issuesToCatchUp(db: Db): Promise<{ id: number; who: Latecomers }[]> {
  const { rows } = await sql<{ id: number; who: Latecomers }>`
    SELECT DISTINCT i.id, 'after-the-send' AS who FROM ${afterTheSend}
    UNION ALL SELECT DISTINCT i.id, 'new-readers' FROM ${newReaders}`.execute(db);
  return rows;
}

/**
 * In one transaction, plans up to 5,000 late-comers with a higher subscription id, due at once, and reopens a sent
 * issue. They are selected before the planning lock is taken; anyone who leaves after that waits for us, or is seen to
 * have left. `last` is null when nobody is left to plan.
 */
export async function catchUpPage(
  db: Db,
  { id: issueId, who }: { id: number; who: Latecomers },
  table: LaneTable,
  after: number,
): Promise<{ planned: number; last: number | null }> {
  const inItsSegment = await segmentCondition(db, issueId);
  const { rows: found } = await sql<{ id: number }>`
    SELECT s.id FROM ${latecomers[who]} AND i.id = ${issueId} AND s.id > ${after} AND ${inItsSegment}
    ORDER BY s.id LIMIT ${PAGE}`.execute(db);
  if (found.length === 0) return { planned: 0, last: null };
  const ids = found.map((row) => row.id);
  const planned = await db.transaction().execute((trx) => planThese(trx, { id: issueId, who }, table, ids));
  return { planned, last: ids.at(-1)! };
}

/** Days ago count from the issue's moment T for late-comers too. */
async function segmentCondition(db: Db, issueId: number): Promise<RawBuilder<unknown>> {
  const row = await db
    .selectFrom('sends')
    .select('segment')
    .where('issue_id', '=', issueId)
    .executeTakeFirst();
  return inSegment((row?.segment ?? null) as Segment | null, sql`o.plan_moment`);
}

async function planThese(
  trx: Trx,
  { id: issueId, who }: { id: number; who: Latecomers },
  table: LaneTable,
  subscriptions: readonly number[],
): Promise<number> {
  await lockPlanning(trx, issueId);
  const { rows } = await sql<{ planned: number }>`
    WITH late AS (${insertDeliveries('planned', null, {
      values: sql`i.id, 'issue', p.identity, s.newsletter_id, s.subscriber_id, s.id, p.email, ${laneOf(table)}, clock_timestamp()`,
      from: sql`${latecomers[who]} AND i.id = ${issueId} AND s.id = ANY(${subscriptions}::bigint[]) ORDER BY s.id`,
      returning: sql`subscription_id`,
    })}
    )
    SELECT count(*)::int AS planned FROM late`.execute(trx);
  const { planned } = rows[0]!;
  if (planned > 0) await reopenIfSent(trx, issueId);
  return planned;
}
