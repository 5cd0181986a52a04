/** Who gets an issue, and in which lane: the conditions that all statements that plan or count recipients share. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { inSegment } from '../segment/condition.ts';
import type { Segment } from '../segment/filter.ts';

/** Domain -> lane, as `VALUES` for the database. */
export interface LaneTable {
  domains: readonly string[];
  lanes: readonly string[];
  other: string;
  /** A domain that is not in the list gets the lane of its MX hosts, if they were looked up. */
  classifyByMx?: boolean;
}

/** The lane of subscriber `p`. One object lookup per person: a list of domains would be scanned for each. */
export const laneOf = (table: LaneTable) => {
  const lanes = Object.fromEntries(table.domains.map((domain, at) => [domain, table.lanes[at]]));
  const lookedUp = table.classifyByMx
    ? sql`, (SELECT x.lane FROM domain_mx x WHERE x.domain = split_part(p.identity, '@', 2))`
    : sql``;
  return sql`coalesce(${JSON.stringify(lanes)}::jsonb ->> split_part(p.identity, '@', 2)${lookedUp}, ${table.other})`;
};

/** No suppression covers the person of subscription `s`. */
export const notSuppressed = sql`NOT EXISTS (
  SELECT 1 FROM suppressions x WHERE x.subscriber_id = s.subscriber_id AND x.lifted_at IS NULL
    AND (x.newsletter_id IS NULL OR x.newsletter_id = s.newsletter_id)
    AND (x.until IS NULL OR x.until > clock_timestamp()))`;

/**
 * Subscriber `p` has no row of this issue yet. One lookup in the unique index per person instead of an anti-join:
 * without fresh statistics PostgreSQL assumed few rows, and its anti-join took minutes at 40,000.
 */
export const notPlanned = (issueId: RawBuilder<unknown>) => sql`(
  SELECT d.id FROM deliveries d WHERE d.issue_id = ${issueId} AND d.kind = 'issue' AND d.key = p.identity LIMIT 1) IS NULL`;

/** Restricts an issue (a correction) to the people whom another issue has reached. */
export interface ReachedBy {
  issueId: number;
  /** Include those whose delivery is unknown. */
  unknown: boolean;
}

/** Subscriber `p` was reached by that issue; null means no restriction. */
export const wasReached = (by: ReachedBy | null): RawBuilder<unknown> =>
  by === null
    ? sql`true`
    : sql`EXISTS (SELECT 1 FROM deliveries r WHERE r.issue_id = ${by.issueId} AND r.kind = 'issue' AND r.key = p.identity
        AND (r.state = 'accepted' OR (r.state = 'unknown' AND ${by.unknown}::boolean)))`;

/** The issue that people may or may not want. */
interface WantedIssue {
  newsletterId: number;
  /** Null: one that is not planned yet. */
  issueId: number | null;
  /** When it is planned; null: now. */
  moment: Date | null;
  /** It corrects an issue that they got, so they want it even if they get only one a month. */
  correction: boolean;
}

/**
 * The person of subscription `s` wants this issue: they have not paused the newsletter, and they get either each issue
 * or the first of each month, by the newsletter's calendar. The first is the first that they got: one that was skipped
 * or refused for them does not count.
 */
export function wantsIssue({ newsletterId, issueId, moment, correction }: WantedIssue): RawBuilder<unknown> {
  const at = sql`coalesce(${moment}::timestamptz, clock_timestamp())`;
  const others = sql`issues i JOIN sends o ON o.issue_id = i.id JOIN newsletters n ON n.id = i.newsletter_id
    WHERE i.newsletter_id = ${newsletterId} AND i.id IS DISTINCT FROM ${issueId}
      AND o.plan_moment >= date_trunc('month', ${at} AT TIME ZONE n.timezone) AT TIME ZONE n.timezone`;
  // As in notPlanned(): one look-up in the unique index for each issue of the month, and only for these people.
  const hadOne = sql`(SELECT d.id FROM deliveries d WHERE d.issue_id = ANY(ARRAY(SELECT i.id FROM ${others}))
    AND d.kind = 'issue' AND d.key = (SELECT w.identity FROM subscribers w WHERE w.id = s.subscriber_id)
    AND d.state NOT IN ('skipped', 'refused') LIMIT 1) IS NOT NULL`;
  const hadOneCompacted = sql`(SELECT count(*) FROM ${others} AND i.compacting_since IS NOT NULL) > 0`;
  return sql`(s.paused_until IS NULL OR s.paused_until <= ${at})
    AND CASE s.frequency WHEN 'each' THEN true WHEN 'first' THEN ${correction}::boolean OR NOT (${hadOne} OR ${hadOneCompacted})
      ELSE false END`;
}

/** What an order restricts its audience to; both null: everybody. */
export interface Restriction {
  reachedBy?: ReachedBy | null;
  segment?: Segment | null;
}

/** Subscription `s` of subscriber `p` would get an issue with that restriction if it were planned now. */
export const wouldGet = (newsletterId: number, { reachedBy = null, segment = null }: Restriction) => sql`
  ${notSuppressed} AND ${wasReached(reachedBy)} AND ${inSegment(segment)}
  AND ${wantsIssue({ newsletterId, issueId: null, moment: null, correction: reachedBy !== null })}`;

/** One person who would get an issue now. */
export interface Addressee {
  subscriptionId: number;
  subscriberId: number;
  email: string;
  lane: string;
  name: string | null;
  language: string | null;
  attributes: Record<string, string>;
  linkKey: number;
}

/** Streams, page by page in key order, everybody who would get an issue of this newsletter if it were sent now. */
export async function* addressees(
  db: Db,
  newsletterId: number,
  lanes: LaneTable,
  restriction: Restriction = {},
  size = 2_000,
): AsyncGenerator<readonly Addressee[]> {
  for (let after = 0; ; ) {
    const { rows } = await sql<Addressee>`
      SELECT s.id AS "subscriptionId", s.subscriber_id AS "subscriberId", p.email, ${laneOf(lanes)} AS lane,
        p.name, p.language, p.attributes, p.link_key AS "linkKey"
      FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
      WHERE s.newsletter_id = ${newsletterId} AND s.state = 'confirmed' AND s.id > ${after}
        AND ${wouldGet(newsletterId, restriction)}
      ORDER BY s.id LIMIT ${size}`.execute(db);
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)!.subscriptionId;
  }
}
