/** Lanes that have work which no worker was told about. The sweep, and a send that resumes, wake workers for them. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { relayNames } from '../relays/route.ts';
import { SERVICE } from '../service-mail.ts';

const relays = relayNames(sql`s.route`);

/**
 * Lanes, of one issue or of all, with something to hand over now (due, or not yet visited) that could use more workers.
 * A lane that is held at each of the issue's relays is left out: it already has a delayed wake-up for the end of the
 * first hold.
 */
export async function idleLanes(
  db: Db,
  workers: number,
  issueId: number | null = null,
): Promise<{ issue: number; lane: string }[]> {
  const { rows } = await sql<{ issue: number; lane: string }>`
    SELECT i.id AS issue, l.lane FROM issues i JOIN sends s ON s.issue_id = i.id
    CROSS JOIN LATERAL (
      WITH RECURSIVE lanes AS (
        (SELECT lane FROM deliveries WHERE issue_id = i.id ORDER BY lane LIMIT 1)
        UNION ALL
        SELECT (SELECT d.lane FROM deliveries d WHERE d.issue_id = i.id AND d.lane > lanes.lane ORDER BY d.lane LIMIT 1)
        FROM lanes WHERE lanes.lane IS NOT NULL
      ) SELECT lane FROM lanes WHERE lane IS NOT NULL
    ) l
    LEFT JOIN lane_cursors c ON c.issue_id = i.id AND c.lane = l.lane
    WHERE i.state = 'sending' AND (${issueId}::bigint IS NULL OR i.id = ${issueId})
      AND (SELECT count(DISTINCT w.worker_id) FROM batches w WHERE w.issue_id = i.id AND w.lane = l.lane) < ${workers}
      AND (SELECT count(*) FROM lane_states h
        WHERE h.relay = ANY(${relays}) AND h.lane = l.lane AND h.held_until > clock_timestamp()) < coalesce(cardinality(${relays}), 1)
      AND (
      EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = i.id AND d.lane = l.lane AND d.due_at <= clock_timestamp())
      OR EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = i.id AND d.lane = l.lane AND d.id > coalesce(c.cursor, 0))
    )
    UNION
    SELECT DISTINCT ${SERVICE}::bigint, lane FROM deliveries WHERE issue_id = ${SERVICE} AND due_at <= clock_timestamp()`.execute(
    db,
  );
  return rows;
}
