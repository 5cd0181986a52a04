/**
 * Workers and their leases. Each worker has one lease, by the database's clock, which its heartbeat renews; it covers
 * all batches that the worker holds. A worker whose lease ran out gets no more marks, whatever it believes.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { abandonDeliveries, abandonedAttempts, type EndOfWorker } from '../moves/abandon.ts';
import { countEnded } from '../relays/budget.ts';

export async function registerWorker(db: Db, name: string, leaseMs: number): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    INSERT INTO workers (name, lease_until) VALUES (${name}, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    RETURNING id`.execute(db);
  return rows[0]!.id;
}

/** Renews the lease. False when it had run out and the worker was ended: it must register again. */
export async function heartbeat(db: Db, workerId: number, leaseMs: number): Promise<boolean> {
  const { rows } = await sql`
    UPDATE workers SET lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    WHERE id = ${workerId} AND ended_at IS NULL RETURNING id`.execute(db);
  return rows.length > 0;
}

/** Records that the worker takes no new work; it no longer counts as alive. */
export async function drainWorker(db: Db, workerId: number): Promise<void> {
  await sql`UPDATE workers SET draining = true WHERE id = ${workerId}`.execute(db);
}

/** Workers that take work: their lease holds and they are not draining. */
export async function liveWorkers(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM workers WHERE ended_at IS NULL AND NOT draining AND lease_until > clock_timestamp()`.execute(
    db,
  );
  return rows[0]!.n;
}

/**
 * Ends a worker: the deliveries that it was handing over become `unknown`, what it had leased is given back, and its
 * batches are deleted. Called by the worker itself when it stops. Returns how many deliveries became unknown.
 */
export async function endWorker(db: Db, workerId: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql`
      UPDATE workers SET ended_at = clock_timestamp() WHERE id = ${workerId} AND ended_at IS NULL RETURNING id`.execute(
      trx,
    );
    return rows.length === 0 ? 0 : abandon(trx, workerId, 'worker-stopped');
  });
}

/** The same for a worker whose lease ran out. Null when it is alive after all: its heartbeat came before us. */
async function endDead(db: Db, workerId: number): Promise<number | null> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql`
      UPDATE workers SET ended_at = coalesce(ended_at, clock_timestamp())
      WHERE id = ${workerId} AND (ended_at IS NOT NULL OR lease_until < clock_timestamp()) RETURNING id`.execute(
      trx,
    );
    return rows.length === 0 ? null : abandon(trx, workerId, 'worker-died');
  });
}

async function abandon(trx: Trx, workerId: number, why: EndOfWorker): Promise<number> {
  await sql`DELETE FROM relay_workers WHERE worker_id = ${workerId}`.execute(trx);
  const { rows } = await sql<{ issue_id: number; ids: number[] }>`
    WITH ended AS (DELETE FROM batches WHERE worker_id = ${workerId} RETURNING issue_id, relay, ids),
    counted AS (${countEnded(abandoned)})
    SELECT issue_id, ids FROM ended`.execute(trx);
  let unknown = 0;
  for (const batch of rows) unknown += await abandonBatch(trx, workerId, batch.issue_id, batch.ids, why);
  return unknown;
}

/** Nobody knows how much of its batches the worker had begun, so all of it counts. */
const abandoned = sql`(
  SELECT relay, sum(cardinality(ids)) AS begun, 0 AS refused, 0 AS throttled FROM ended GROUP BY relay)`;

async function abandonBatch(
  trx: Trx,
  workerId: number,
  issueId: number,
  ids: readonly number[],
  why: EndOfWorker,
): Promise<number> {
  const { rows } = await sql`
    WITH abandoned AS (${abandonDeliveries(
      why,
      sql`d.issue_id = ${issueId} AND d.id = ANY(${ids}::bigint[]) AND d.worker_id = ${workerId}`,
    )})
    ${abandonedAttempts(why)}`.execute(trx);
  await sql`
    UPDATE deliveries SET due_at = clock_timestamp()
    WHERE issue_id = ${issueId} AND id = ANY(${ids}::bigint[]) AND state IN ('planned', 'deferred') AND due_at IS NULL`.execute(
    trx,
  );
  return rows.length;
}

/**
 * Ends every worker whose lease ran out, and batches left behind by one that has ended. Returns how many workers ended
 * and how many deliveries became unknown.
 */
export async function endDeadWorkers(db: Db): Promise<{ ended: number; unknown: number }> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM workers WHERE ended_at IS NULL AND lease_until < clock_timestamp()
    UNION SELECT w.id FROM batches o JOIN workers w ON w.id = o.worker_id AND w.ended_at IS NOT NULL`.execute(
    db,
  );
  const unknown: number[] = [];
  for (const row of rows) {
    const found = await endDead(db, row.id);
    if (found !== null) unknown.push(found);
  }
  return { ended: unknown.length, unknown: unknown.reduce((sum, one) => sum + one, 0) };
}

/** Deletes workers that ended more than a day ago. */
export async function deleteEndedWorkers(db: Db): Promise<void> {
  await sql`DELETE FROM workers WHERE ended_at < clock_timestamp() - interval '1 day'`.execute(db);
}
