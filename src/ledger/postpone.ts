/** Postpones deliveries of an open batch that have not begun: they leave the batch and are due later. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';
import type { DeliveryReason } from './moves/reasons.ts';

export interface Postponement {
  id: number;
  dueInMs: number;
}

export async function postpone(
  db: Db,
  issueId: number,
  batchId: number,
  reason: DeliveryReason,
  list: readonly Postponement[],
): Promise<void> {
  const ids = list.map((one) => one.id);
  await sql`
    WITH later AS (
      SELECT * FROM unnest(${ids}::bigint[], ${list.map((one) => one.dueInMs)}::float8[], ${ids.map(() => issueId)}::bigint[])
        AS o(id, due_in_ms, issue_id)
    ), moved AS (${moveDeliveries('postpone', 'deferred', {
      reason,
      dueAt: sql`clock_timestamp() + later.due_in_ms * interval '1 millisecond'`,
      from: sql`later`,
      where: sql`d.issue_id = later.issue_id AND d.id = later.id`,
    })})
    UPDATE batches SET ids = ARRAY(SELECT x FROM unnest(ids) x WHERE x <> ALL(${ids}::bigint[]))
    WHERE id = ${batchId}`.execute(db);
}

/** The time zones of the people behind deliveries, where they are known. */
export async function timezonesOf(
  db: Db,
  issueId: number,
  ids: readonly number[],
): Promise<{ now: Date; zones: Map<number, string> }> {
  const { rows } = await sql<{ id: number; timezone: string | null; now: Date }>`
    SELECT d.id, p.timezone, clock_timestamp() AS now FROM deliveries d JOIN subscribers p ON p.id = d.subscriber_id
    WHERE d.issue_id = ${issueId} AND d.id = ANY(${ids}::bigint[])`.execute(db);
  const known = rows.filter((row) => row.timezone !== null);
  return { now: rows[0]?.now ?? new Date(), zones: new Map(known.map((row) => [row.id, row.timezone!])) };
}
