/**
 * Limits the connections to a relay across all processes. Each worker's connections are stored in the ledger under its
 * lease, so those of a dead worker are freed with it. Checked only when a connection is opened. Workers report the
 * absolute number, never an increment, so that the next report corrects one that was lost.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

/** True when this worker may have `connections` connections open, one more than it has now. */
export async function claimConnection(
  db: Db,
  relay: string,
  workerId: number,
  { connections, limit }: { connections: number; limit: number },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await sql`INSERT INTO relays (name) VALUES (${relay}) ON CONFLICT DO NOTHING`.execute(trx);
    await sql`SELECT FROM relays WHERE name = ${relay} FOR UPDATE`.execute(trx);
    const { rows } = await sql`
      INSERT INTO relay_workers (relay, worker_id, connections)
      SELECT ${relay}, id, ${connections}::int FROM workers
      WHERE id = ${workerId} AND ended_at IS NULL AND lease_until > clock_timestamp()
        AND ${limit}::int >= ${connections}::int + ${takenByOthers(relay, workerId)}
      ON CONFLICT (relay, worker_id) DO UPDATE SET connections = excluded.connections
      RETURNING connections`.execute(trx);
    return rows.length > 0;
  });
}

const takenByOthers = (relay: string, workerId: number) => sql`(
  SELECT coalesce(sum(s.connections), 0) FROM relay_workers s JOIN workers w ON w.id = s.worker_id
  WHERE s.relay = ${relay} AND s.worker_id <> ${workerId} AND w.ended_at IS NULL AND w.lease_until > clock_timestamp())`;

/** Whether a worker without a connection could open one. */
export async function hasFreeConnection(
  db: Db,
  relay: string,
  workerId: number,
  limit: number,
): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`
    SELECT ${limit}::int > ${takenByOthers(relay, workerId)} AS free`.execute(db);
  return rows[0]!.free;
}

/**
 * Stores how many connections the worker has open. Does nothing for a worker that has ended: its connections were freed
 * with it.
 */
export async function noteConnections(
  db: Db,
  relay: string,
  workerId: number,
  connections: number,
): Promise<void> {
  await sql`UPDATE relay_workers SET connections = ${connections}::int
    WHERE relay = ${relay} AND worker_id = ${workerId} AND connections <> ${connections}::int`.execute(db);
}
