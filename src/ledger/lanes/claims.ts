/**
 * Shares of a limited lane. A worker claims connections for a short time and renews the claim while it uses them; all
 * claims together never exceed the lane's limit. The share of a worker that dies or stops renewing expires by itself.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface LaneClaim {
  relay: string;
  lane: string;
  workerId: number;
  /** The most that this worker can use; 0 gives its share back. */
  wanted: number;
  /** The configured limit, or the one that a direct relay starts with; null: none. */
  base: number | null;
  /** How long the share lasts unless it is renewed. */
  forMs: number;
}

/** How many concurrent hand-overs this worker may run now; 0 when the lane is held or others use all of it. */
export async function claimLane(db: Db, claim: LaneClaim): Promise<number> {
  const { relay, lane, workerId, wanted, base, forMs } = claim;
  return db.transaction().execute(async (trx) => {
    await sql`INSERT INTO lane_states (relay, lane) VALUES (${relay}, ${lane}) ON CONFLICT DO NOTHING`.execute(
      trx,
    );
    const { rows: states } = await sql<{ connections: number | null }>`
      SELECT CASE
        WHEN held_until > clock_timestamp() THEN 0
        WHEN probing THEN 1
        ELSE least(connections, ${base}::int) END AS connections
      FROM lane_states WHERE relay = ${relay} AND lane = ${lane} FOR UPDATE`.execute(trx);
    // Read in a separate statement once we have the lock: a statement that waited for the lock would still see the old
    // claims.
    const { rows } = await sql<{ connections: number }>`
      WITH others AS (
        SELECT coalesce(sum(c.connections), 0)::int AS n FROM lane_claims c JOIN workers w ON w.id = c.worker_id
        WHERE c.relay = ${relay} AND c.lane = ${lane} AND c.worker_id <> ${workerId} AND c.until > clock_timestamp()
          AND w.ended_at IS NULL AND w.lease_until > clock_timestamp()
      )
      INSERT INTO lane_claims AS c (relay, lane, worker_id, connections, until)
      SELECT ${relay}, ${lane}, ${workerId}, greatest(0, least(${wanted}::int, ${states[0]!.connections}::int - n)),
        clock_timestamp() + ${forMs}::float8 * interval '1 millisecond' FROM others
      ON CONFLICT (relay, lane, worker_id) DO UPDATE SET connections = excluded.connections, until = excluded.until
      RETURNING c.connections`.execute(trx);
    return rows[0]!.connections;
  });
}

/**
 * Reserves the next `count` messages of a rate-limited lane (GCRA across all processes). Returns in how many
 * milliseconds the first may go; the others follow at the rate's interval. Unused reservations are lost.
 */
export async function reserveSends(
  db: Db,
  relay: string,
  lane: string,
  { rate, count }: { rate: number; count: number },
): Promise<number> {
  const span = sql`${count / rate}::float8 * interval '1 second'`;
  const { rows } = await sql<{ in_ms: number }>`
    INSERT INTO lane_states AS s (relay, lane, next_at) VALUES (${relay}, ${lane}, clock_timestamp() + ${span})
    ON CONFLICT (relay, lane) DO UPDATE SET next_at = greatest(s.next_at, clock_timestamp()) + ${span}
    RETURNING (extract(epoch FROM next_at - ${span} - clock_timestamp()) * 1000)::float8 AS in_ms`.execute(
    db,
  );
  return Math.max(0, rows[0]!.in_ms);
}
