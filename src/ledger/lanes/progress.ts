/** How far the lanes of a send are now and were before; rates are computed from the difference. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import type { Tally } from '../counts.ts';
import { relayNames } from '../relays/route.ts';

/** A rate covers at most the last minute: a mean over the whole send would hide that a lane has become slow. */
const SPAN = sql`interval '1 minute'`;
const relays = relayNames(sql`sends.route`);
const RETENTION = sql`interval '5 minutes'`;

export interface LaneProgress extends Tally {
  lane: string;
  /** Settled per second in the last minute; null while too little is known. */
  rate: number | null;
  /** No relay of the issue may take more of this lane before this time; null: it is not held. */
  heldUntil: Date | null;
  /** When the last of its deferred deliveries is due. */
  lastDue: Date | null;
}

/**
 * Samples the progress of all running sends' lanes. Every worker's sweep calls this, but a sample is written at most
 * once per half interval. Deletes samples that no rate needs any more.
 */
export async function sampleLanes(db: Db, everyMs: number): Promise<void> {
  await sql`
    INSERT INTO lane_samples (issue_id, lane, at, settled)
    SELECT t.issue_id, t.lane, statement_timestamp(), sum(t.accepted + t.refused + t.unknown)
    FROM tallies t JOIN issues i ON i.id = t.issue_id AND i.state = 'sending'
    WHERE NOT EXISTS (SELECT 1 FROM lane_samples s WHERE s.issue_id = t.issue_id AND s.lane = t.lane
      AND s.at > statement_timestamp() - ${everyMs / 2} * interval '1 millisecond')
    GROUP BY t.issue_id, t.lane
    ON CONFLICT DO NOTHING`.execute(db);
  await sql`DELETE FROM lane_samples WHERE at < statement_timestamp() - ${RETENTION}`.execute(db);
}

/** The lanes of an issue by name, including compacted counts. */
export async function laneProgress(db: Db, issueId: number): Promise<LaneProgress[]> {
  const { rows } = await sql<LaneProgress>`
    WITH counted AS (
      SELECT lane, sum(planned)::bigint AS planned, sum(handing)::bigint AS handing, sum(deferred)::bigint AS deferred,
        sum(accepted)::bigint AS accepted, sum(refused)::bigint AS refused, sum(skipped)::bigint AS skipped,
        sum(unknown)::bigint AS unknown
      FROM (
        SELECT lane, planned, handing, deferred, accepted, refused, skipped, unknown FROM tallies WHERE issue_id = ${issueId}
        UNION ALL
        SELECT lane, 0, 0, 0, ${compacted('accepted')}, ${compacted('refused')}, ${compacted('skipped')}, ${compacted('unknown')}
        FROM compacted_counts WHERE issue_id = ${issueId}
      ) parts GROUP BY lane
    )
    SELECT c.*, s.rate, h.held_until AS "heldUntil", CASE WHEN c.deferred > 0 THEN (
        SELECT max(d.due_at) FROM deliveries d
        WHERE d.issue_id = ${issueId} AND d.lane = c.lane AND d.due_at IS NOT NULL AND d.state = 'deferred') END AS "lastDue"
    FROM counted c
    LEFT JOIN LATERAL (
      SELECT ((c.accepted + c.refused + c.unknown - settled) / extract(epoch FROM clock_timestamp() - at))::float8 AS rate
      FROM lane_samples WHERE issue_id = ${issueId} AND lane = c.lane AND at > clock_timestamp() - ${SPAN}
        AND at < clock_timestamp() - interval '1 second' ORDER BY at LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
      SELECT min(l.held_until) AS held_until FROM lane_states l, sends
      WHERE sends.issue_id = ${issueId} AND l.lane = c.lane AND l.held_until > clock_timestamp()
        AND l.relay = ANY(${relays})
      GROUP BY sends.route HAVING count(*) = cardinality(${relays})
    ) h ON true
    ORDER BY c.lane`.execute(db);
  return rows;
}

const compacted = (state: keyof Tally) => sql`CASE WHEN state = ${state} THEN count ELSE 0 END`;
