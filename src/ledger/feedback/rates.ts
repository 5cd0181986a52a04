/** How many of the accepted bounced, drew complaints or led to an unsubscribe: per issue, lane and relay. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface FeedbackCounts {
  accepted: number;
  /** The address was bad. */
  bounced: number;
  /** We were refused, not the address. */
  blocked: number;
  complained: number;
  unsubscribed: number;
}

export interface GroupCounts extends FeedbackCounts {
  /** A lane or a relay. */
  name: string;
}

/** Lanes and relays are judged by what the last month brought. */
const RATE_DAYS = 30;

const recent = sql`ARRAY(SELECT issue_id FROM sends WHERE NOT rehearsal AND sending_since > now() - ${RATE_DAYS} * interval '1 day')`;

/** The lanes of an issue. */
export const countsOfIssue = (db: Db, issueId: number): Promise<GroupCounts[]> =>
  countBy(db, sql`ARRAY[${issueId}]::bigint[]`, 'lane', acceptedByLane(sql`ARRAY[${issueId}]::bigint[]`));

export const countsByLane = (db: Db): Promise<GroupCounts[]> =>
  countBy(db, recent, 'lane', acceptedByLane(recent));

/** The tallies know lanes, not relays: only issues that used several relays are counted row by row. */
export const countsByRelay = (db: Db): Promise<GroupCounts[]> =>
  countBy(
    db,
    recent,
    'relay',
    sql`SELECT s.route AS name, t.accepted FROM sends s JOIN tallies t ON t.issue_id = s.issue_id
      WHERE s.issue_id = ANY(${recent}) AND s.route NOT LIKE '%,%'
      UNION ALL
      SELECT d.relay, count(*) FROM deliveries d WHERE d.state = 'accepted' AND d.relay IS NOT NULL
        AND d.issue_id = ANY(ARRAY(SELECT issue_id FROM sends WHERE issue_id = ANY(${recent}) AND route LIKE '%,%'))
      GROUP BY d.relay`,
  );

type Sql = ReturnType<typeof sql>;

const acceptedByLane = (issues: Sql): Sql =>
  sql`SELECT lane AS name, accepted FROM tallies WHERE issue_id = ANY(${issues})`;

async function countBy(db: Db, issues: Sql, group: 'lane' | 'relay', accepted: Sql): Promise<GroupCounts[]> {
  const name = sql.ref(`d.${group}`);
  const { rows } = await sql<GroupCounts>`
    WITH accepted AS (
      SELECT name, sum(accepted)::bigint AS n FROM (${accepted}) a GROUP BY name
    ), feedback AS (
      SELECT ${name} AS name, count(*) FILTER (WHERE d.feedback = 'bounced') AS bounced,
        count(*) FILTER (WHERE d.feedback = 'blocked') AS blocked, count(*) FILTER (WHERE d.feedback = 'complained') AS complained
      FROM deliveries d WHERE d.issue_id = ANY(${issues}) AND d.feedback IN ('bounced', 'blocked', 'complained') GROUP BY 1
    ), gone AS (
      SELECT ${name} AS name, count(DISTINCT (c.delivery_issue_id, c.delivery_id)) AS n FROM consent_records c
      JOIN deliveries d ON d.issue_id = c.delivery_issue_id AND d.id = c.delivery_id
      WHERE c.step = 'unsubscribed' AND c.delivery_issue_id > 0 AND c.delivery_issue_id = ANY(${issues}) GROUP BY 1
    )
    SELECT a.name, a.n AS accepted, coalesce(f.bounced, 0)::bigint AS bounced, coalesce(f.blocked, 0)::bigint AS blocked,
      coalesce(f.complained, 0)::bigint AS complained, coalesce(g.n, 0)::bigint AS unsubscribed
    FROM accepted a LEFT JOIN feedback f ON f.name = a.name LEFT JOIN gone g ON g.name = a.name
    WHERE a.n > 0 ORDER BY a.name`.execute(db);
  return rows;
}

export const sumOf = (groups: readonly FeedbackCounts[]): FeedbackCounts => {
  const total = { accepted: 0, bounced: 0, blocked: 0, complained: 0, unsubscribed: 0 };
  for (const group of groups)
    for (const key of Object.keys(total) as (keyof FeedbackCounts)[]) total[key] += group[key];
  return total;
};
