/**
 * Batches: which deliveries of a lane one worker may hand over. Rows that are due (deferred, or given back) come first,
 * then the next rows of the first pass. Leasing locks the lane's cursor row, so no two batches share a delivery. A
 * batch only divides the work: what protects a delivery is its mark.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import type { DeliveryKind, DeliveryState, NoticeName } from '../db/schema.ts';
import { countEnded } from './relays/budget.ts';

export interface LeasedDelivery {
  issueId: number;
  id: number;
  kind: DeliveryKind;
  /** Of a notice: which one, and the row that it is about. */
  notice: NoticeName | null;
  about: number | null;
  lane: string;
  newsletterId: number;
  subscriberId: number | null;
  subscriptionId: number | null;
  email: string;
  state: DeliveryState;
  fence: number;
  attempts: number;
  firstAttemptAt: Date | null;
  /**
   * Milliseconds since the first attempt, by the database's clock when the batch was leased; null before the first
   * attempt.
   */
  waitedMs: number | null;
  name: string | null;
  language: string | null;
  attributes: Record<string, string> | null;
  /** The subscriber's key: links identify the person by it. */
  linkKey: number | null;
  /** For a service mail: the confirmation request that its pending subscription belongs to. */
  requestKey: number | null;
  /** It was unknown, and goes out again under the key that its relay remembers. */
  resentByKey?: boolean;
  /** The issue's frozen edition, read with the batch; null for a service mail. */
  editionId: number | null;
}

export interface Batch {
  id: number;
  deliveries: LeasedDelivery[];
}

export interface LeaseOptions {
  issueId: number;
  lane: string;
  workerId: number;
  size: number;
  /** The relay that the batch will be sent through. */
  relay?: string;
  /** How many the relay may take now. Called within the transaction; the answer holds until the batch is stored. */
  room?: (trx: Trx) => Promise<number>;
  /**
   * Leases a probe, which finds out whether a throttled lane accepts mail again: a delivery that was refused before,
   * due or not.
   */
  probe?: boolean;
}

/** Leases up to `size` deliveries; null when none may be handed over now, or the worker was ended. */
export async function leaseBatch(db: Db, options: LeaseOptions): Promise<Batch | null> {
  const { issueId, lane, room } = options;
  return db.transaction().execute(async (trx) => {
    const cursor = await lockLane(trx, issueId, lane);
    const size = room ? Math.min(options.size, await room(trx)) : options.size;
    if (size <= 0) return null;
    const probe = options.probe ? await throttledIds(trx, issueId, lane, size) : [];
    const due = probe.length > 0 ? probe : await dueIds(trx, issueId, lane, size);
    const next = due.length < size ? await nextIds(trx, issueId, lane, cursor, size - due.length) : null;
    const ids = [...due, ...(next?.ids ?? [])];
    const id = ids.length > 0 ? await openBatch(trx, options, ids) : null;
    const visited = next && (id !== null || ids.length === 0) ? next.to : cursor;
    if (visited > cursor) {
      await sql`UPDATE lane_cursors SET cursor = ${visited} WHERE issue_id = ${issueId} AND lane = ${lane}`.execute(
        trx,
      );
    }
    if (id === null) return null;
    return { id, deliveries: await readDeliveries(trx, issueId, ids) };
  });
}

/**
 * Null for a worker that was ended (it slept, or had no database, for longer than its lease): nobody would ever close
 * its new batches. Locking the worker's row ensures that whoever ends it meanwhile sees this batch.
 */
async function openBatch(
  trx: Trx,
  { issueId, lane, workerId, relay }: LeaseOptions,
  ids: readonly number[],
): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    INSERT INTO batches (issue_id, lane, worker_id, relay, ids)
    SELECT ${issueId}::bigint, ${lane}, id, ${relay ?? null}::text, ${ids}::bigint[] FROM workers
    WHERE id = ${workerId} AND ended_at IS NULL FOR SHARE
    RETURNING id`.execute(trx);
  return rows[0]?.id ?? null;
}

async function lockLane(trx: Trx, issueId: number, lane: string): Promise<number> {
  await sql`INSERT INTO lane_cursors (issue_id, lane) VALUES (${issueId}, ${lane}) ON CONFLICT DO NOTHING`.execute(
    trx,
  );
  const { rows } = await sql<{ cursor: number }>`
    SELECT cursor FROM lane_cursors WHERE issue_id = ${issueId} AND lane = ${lane} FOR UPDATE`.execute(trx);
  return rows[0]!.cursor;
}

/** Leaves out rows of open batches: a delivery that was deferred a moment ago may be due before its batch has ended. */
async function dueIds(trx: Trx, issueId: number, lane: string, size: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM deliveries d
    WHERE issue_id = ${issueId} AND lane = ${lane} AND due_at <= clock_timestamp() AND state IN ('planned', 'deferred')
      AND NOT EXISTS (SELECT 1 FROM batches w WHERE w.issue_id = ${issueId} AND w.lane = ${lane} AND d.id = ANY(w.ids))
    ORDER BY due_at LIMIT ${size}`.execute(trx);
  return rows.map((row) => row.id);
}

/**
 * Deliveries that the provider itself deferred. A first attempt proves nothing here: a greylist refuses it just as a
 * throttle does.
 */
async function throttledIds(trx: Trx, issueId: number, lane: string, size: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM deliveries d
    WHERE issue_id = ${issueId} AND lane = ${lane} AND due_at IS NOT NULL AND state = 'deferred' AND reason = 'throttled'
      AND NOT EXISTS (SELECT 1 FROM batches w WHERE w.issue_id = ${issueId} AND w.lane = ${lane} AND d.id = ANY(w.ids))
    ORDER BY due_at LIMIT ${size}`.execute(trx);
  return rows.map((row) => row.id);
}

/**
 * The next rows of the first pass, and the row up to which the lane has then been visited. If there are fewer than
 * asked for, that is the lane's end as this statement saw it, so that nothing is read again where all rows have a due
 * time (the plan of a relay that is warming up). Rows added later have higher ids.
 */
async function nextIds(
  trx: Trx,
  issueId: number,
  lane: string,
  cursor: number,
  size: number,
): Promise<{ ids: number[]; to: number }> {
  const { rows } = await sql<{ ids: number[]; end: number }>`
    SELECT ARRAY(
        SELECT id FROM deliveries
        WHERE issue_id = ${issueId} AND lane = ${lane} AND id > ${cursor} AND state = 'planned' AND due_at IS NULL
        ORDER BY id LIMIT ${size}
      ) AS ids,
      coalesce((SELECT max(id) FROM deliveries WHERE issue_id = ${issueId} AND lane = ${lane}), 0) AS end`.execute(
    trx,
  );
  const { ids, end } = rows[0]!;
  return { ids, to: ids.length === size ? ids.at(-1)! : end };
}

/**
 * Looks up each person separately: for a set, PostgreSQL may choose to read all subscribers instead of looking up 400.
 */
async function readDeliveries(trx: Trx, issueId: number, ids: readonly number[]): Promise<LeasedDelivery[]> {
  const { rows } = await sql<LeasedDelivery>`
    SELECT d.issue_id AS "issueId", d.id, d.kind, d.notice, d.about, d.lane, d.newsletter_id AS "newsletterId", d.subscriber_id AS "subscriberId",
      d.subscription_id AS "subscriptionId", d.email, d.state, d.fence, d.attempts, d.first_attempt_at AS "firstAttemptAt",
      (extract(epoch FROM clock_timestamp() - d.first_attempt_at) * 1000)::float8 AS "waitedMs",
      d.resend_until IS NOT NULL AS "resentByKey", p.name, p.language, p.attributes, p.link_key AS "linkKey",
      (SELECT request_key FROM subscriptions WHERE ${issueId}::bigint = 0 AND id = d.subscription_id) AS "requestKey",
      (SELECT edition_id FROM issues WHERE id = ${issueId}) AS "editionId"
    FROM deliveries d LEFT JOIN LATERAL (
      SELECT name, language, attributes, link_key FROM subscribers WHERE id = d.subscriber_id OFFSET 0
    ) p ON true
    WHERE d.issue_id = ${issueId} AND d.id = ANY(${ids}::bigint[])
    ORDER BY d.id`.execute(trx);
  return rows;
}

/**
 * Ends a batch, after the relay was asked to take `begun` of its messages. Deliveries that still wait and are not due
 * yet are given back, to be visited again at once.
 */
export async function endBatch(db: Db, issueId: number, batchId: number, begun = 0): Promise<void> {
  await sql`
    WITH ended AS (DELETE FROM batches WHERE id = ${batchId} RETURNING ids, relay),
    given AS (
      UPDATE deliveries d SET due_at = clock_timestamp() FROM ended
      WHERE d.issue_id = ${issueId} AND d.id = ANY(ended.ids) AND d.state IN ('planned', 'deferred')
        AND d.due_at IS NULL
    ), judged AS (
      SELECT ended.relay, ${begun}::int AS begun, count(*) FILTER (WHERE d.state = 'refused') AS refused,
        count(*) FILTER (WHERE d.state = 'deferred' AND d.reason = 'throttled') AS throttled
      FROM ended JOIN deliveries d ON d.issue_id = ${issueId} AND d.id = ANY(ended.ids) GROUP BY ended.relay
    )
    ${countEnded(sql`judged`)}`.execute(db);
}

/** The open batches of a worker. */
export async function openBatchesOf(db: Db, workerId: number): Promise<{ id: number; issueId: number }[]> {
  return db
    .selectFrom('batches')
    .select(['id', 'issue_id as issueId'])
    .where('worker_id', '=', workerId)
    .execute();
}

/** When the next waiting delivery of the lane is due; null when none is. Those in open batches are left out. */
export async function nextDue(db: Db, issueId: number, lane: string): Promise<{ inMs: number } | null> {
  const { rows } = await sql<{ in_ms: number | null }>`
    SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float8 * 1000 AS in_ms FROM deliveries d
    WHERE issue_id = ${issueId} AND lane = ${lane} AND due_at IS NOT NULL AND state IN ('planned', 'deferred')
      AND NOT EXISTS (SELECT 1 FROM batches w WHERE w.issue_id = ${issueId} AND w.lane = ${lane} AND d.id = ANY(w.ids))`.execute(
    db,
  );
  const inMs = rows[0]?.in_ms;
  return inMs === null || inMs === undefined ? null : { inMs: Math.max(0, inMs) };
}
