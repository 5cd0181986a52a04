/**
 * Connections to a relay, limited over all processes: each worker's seats stand in the ledger under its lease, so
 * those of one that died come free with it. Asked only when a connection is opened.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';

/** True when this worker may open one more connection. */
export async function claimSeat(db: Db, relay: string, workerId: number, limit: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await sql`INSERT INTO relays (name) VALUES (${relay}) ON CONFLICT DO NOTHING`.execute(trx);
    await sql`SELECT FROM relays WHERE name = ${relay} FOR UPDATE`.execute(trx);
    const { rows } = await sql`
      INSERT INTO relay_workers AS r (relay, worker_id, seats)
      SELECT ${relay}, id, 1 FROM workers
      WHERE id = ${workerId} AND ended_at IS NULL AND lease_until > clock_timestamp()
        AND ${limit}::int > ${taken(relay)}
      ON CONFLICT (relay, worker_id) DO UPDATE SET seats = r.seats + 1
      RETURNING seats`.execute(trx);
    return rows.length > 0;
  });
}

const taken = (relay: string) => sql`(
  SELECT coalesce(sum(s.seats), 0) FROM relay_workers s JOIN workers w ON w.id = s.worker_id
  WHERE s.relay = ${relay} AND w.ended_at IS NULL AND w.lease_until > clock_timestamp())`;

export async function hasFreeSeat(db: Db, relay: string, limit: number): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`SELECT ${limit}::int > ${taken(relay)} AS free`.execute(db);
  return rows[0]!.free;
}

/** The connection is closed. Nothing to do for a worker that has ended: its seats went with it. */
export async function leaveSeat(db: Db, relay: string, workerId: number): Promise<void> {
  await sql`UPDATE relay_workers SET seats = seats - 1
    WHERE relay = ${relay} AND worker_id = ${workerId} AND seats > 0`.execute(db);
}
