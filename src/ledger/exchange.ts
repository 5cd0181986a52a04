/**
 * Settles and marks: the one statement of the hot path. It settles what was answered and marks what is about to be
 * handed over, so that a connection's next mark never commits before its previous settle, and a window costs one
 * round trip per group of open connections.
 */
import { sql } from 'kysely';
import { type Db, prepared } from '../db/connection.ts';
import type { DeliveryState } from '../db/schema.ts';

/** "Let me write the final dot of this delivery." */
export interface Mark {
  id: number;
  /** As it was read: the mark is refused when the row has moved since. */
  fence: number;
}

/** How a marked delivery ended. */
export interface Settle {
  id: number;
  /** The fence that the mark gave. */
  fence: number;
  state: Extract<DeliveryState, 'planned' | 'accepted' | 'deferred' | 'refused' | 'unknown'>;
  reason: string | null;
  reply: string | null;
  stage: string | null;
  relay: string;
  /** 1 where this was an attempt, 0 where not (a dot that was not written, a throttle). */
  counted: 0 | 1;
  /** Milliseconds until it is due again; null: not to be visited again. */
  dueInMs: number | null;
}

export interface Exchanged {
  /** Ids whose dot may be written; their fence is the asked one + 1. */
  marked: Set<number>;
  /** Ids that were settled; those missing had been moved by someone else (late reply after a lost lease). */
  settled: Set<number>;
}

/**
 * One statement for one issue. A mark is granted only while the issue is sending, the worker's lease holds (both by
 * the database's clock) and the row is as it was read. On a row that was visited before, consent is read again; on a
 * fresh one leaving has moved the row itself. A confirmation goes to pending people only.
 *
 * The issue comes as a column beside the ids, not as one value: from that PostgreSQL would guess, by statistics in
 * which a new issue does not stand yet, that it has one row, and read all its rows for every group. So each row is
 * looked up by its key. And it is prepared, since planning it over many partitions costs more than running it.
 */
export async function exchange(
  db: Db,
  issueId: number,
  workerId: number,
  settles: readonly Settle[],
  marks: readonly Mark[],
): Promise<Exchanged> {
  const { rows } = await sql<{ settled: boolean; id: number }>`${prepared('exchange')}
    WITH s AS (
      SELECT * FROM unnest(
        ${settles.map((s) => s.id)}::bigint[], ${settles.map((s) => s.fence)}::int[],
        ${settles.map((s) => s.state)}::delivery_state[], ${settles.map((s) => s.reason)}::text[],
        ${settles.map((s) => s.reply)}::text[], ${settles.map((s) => s.stage)}::text[], ${settles.map((s) => s.relay)}::text[],
        ${settles.map((s) => s.counted)}::smallint[], ${settles.map((s) => s.dueInMs)}::float8[],
        ${settles.map(() => issueId)}::bigint[]
      ) AS s(id, fence, state, reason, reply, stage, relay, counted, due_in_ms, issue_id)
    ), settled AS (
      UPDATE deliveries d SET state = s.state, reason = s.reason, reply = s.reply, relay = s.relay,
        attempts = d.attempts + s.counted, moved_at = clock_timestamp(),
        due_at = clock_timestamp() + s.due_in_ms * interval '1 millisecond'
      FROM s
      WHERE d.issue_id = s.issue_id AND d.id = s.id AND d.fence = s.fence
        AND (d.state IN ('handing', 'unknown') OR (s.state = 'accepted' AND d.state IN ('planned', 'deferred')))
      RETURNING d.id
    ), kept AS (
      INSERT INTO attempts (issue_id, delivery_id, fence, outcome, stage, reply, relay)
      SELECT s.issue_id, s.id, s.fence, s.state::text, s.stage, coalesce(s.reply, s.reason), s.relay
      FROM s JOIN settled USING (id) WHERE s.state <> 'accepted'
    ), m AS (
      SELECT * FROM unnest(
        ${marks.map((m) => m.id)}::bigint[], ${marks.map((m) => m.fence)}::int[], ${marks.map(() => issueId)}::bigint[]
      ) AS m(id, fence, issue_id)
    ), marked AS (
      UPDATE deliveries d SET state = 'handing', fence = d.fence + 1, worker_id = ${workerId}, due_at = NULL,
        first_attempt_at = coalesce(d.first_attempt_at, clock_timestamp()), moved_at = clock_timestamp()
      FROM m
      WHERE d.issue_id = m.issue_id AND d.id = m.id AND d.fence = m.fence AND d.state IN ('planned', 'deferred')
        AND (${issueId}::bigint = 0 OR EXISTS (SELECT 1 FROM issues WHERE id = ${issueId} AND state = 'sending'))
        AND EXISTS (SELECT 1 FROM workers WHERE id = ${workerId} AND ended_at IS NULL AND lease_until > clock_timestamp())
        AND CASE d.kind
          WHEN 'confirmation' THEN EXISTS (SELECT 1 FROM subscriptions c WHERE c.id = d.subscription_id AND c.state = 'pending')
          WHEN 'notice' THEN true
          ELSE d.fence = 0 OR NOT ${isGone} END
      RETURNING d.id
    )
    SELECT true AS settled, id FROM settled UNION ALL SELECT false, id FROM marked`.execute(db);
  return {
    settled: new Set(rows.filter((row) => row.settled).map((row) => row.id)),
    marked: new Set(rows.filter((row) => !row.settled).map((row) => row.id)),
  };
}

/** What the relay answered before a mark was asked, or what needs no relay at all: moves a waiting row. */
export async function settleUnmarked(db: Db, issueId: number, settle: Settle): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    WITH moved AS (
      UPDATE deliveries d SET state = ${settle.state}, reason = ${settle.reason}, reply = ${settle.reply}, relay = ${settle.relay},
        attempts = d.attempts + ${settle.counted}, first_attempt_at = coalesce(d.first_attempt_at, clock_timestamp()),
        moved_at = clock_timestamp(), due_at = clock_timestamp() + ${settle.dueInMs}::float8 * interval '1 millisecond'
      WHERE d.issue_id = ${issueId} AND d.id = ${settle.id} AND d.fence = ${settle.fence} AND d.state IN ('planned', 'deferred')
      RETURNING d.id, d.fence
    )
    INSERT INTO attempts (issue_id, delivery_id, fence, outcome, stage, reply, relay)
    SELECT ${issueId}::bigint, id, fence, ${settle.state}, ${settle.stage}, coalesce(${settle.reply}, ${settle.reason}), ${settle.relay}
    FROM moved RETURNING delivery_id AS id`.execute(db);
  return rows.length > 0;
}

/** What forbids to write to the person of delivery `d`. */
const itsSuppressions = sql`suppressions x WHERE x.subscriber_id = d.subscriber_id AND x.lifted_at IS NULL
    AND (x.newsletter_id IS NULL OR x.newsletter_id = d.newsletter_id) AND (x.until IS NULL OR x.until > clock_timestamp())`;

/** Delivery `d`: its person left, or is suppressed, since it was planned. */
const isGone = sql`(
  NOT EXISTS (SELECT 1 FROM subscriptions c WHERE c.id = d.subscription_id AND c.state = 'confirmed')
  OR EXISTS (SELECT 1 FROM ${itsSuppressions}))`;

/** The word that their leaving would have left on the row, had the row waited at that moment. */
const whyGone = sql`coalesce(
  (SELECT x.reason FROM ${itsSuppressions} ORDER BY x.id DESC LIMIT 1),
  (SELECT 'unsubscribed' FROM subscriptions c WHERE c.id = d.subscription_id), 'erased')`;

/** Skips those of the given rows that wait although their person is gone (a retry after leaving). */
export async function skipGone(db: Db, issueId: number, ids: readonly number[]): Promise<void> {
  await sql`
    UPDATE deliveries d SET state = 'skipped', due_at = NULL, moved_at = clock_timestamp(),
      reason = CASE d.kind WHEN 'confirmation' THEN 'not-pending' ELSE ${whyGone} END
    WHERE d.issue_id = ${issueId} AND d.id = ANY(${ids}::bigint[]) AND d.state IN ('planned', 'deferred')
      AND CASE d.kind
        WHEN 'confirmation' THEN NOT EXISTS (SELECT 1 FROM subscriptions c WHERE c.id = d.subscription_id AND c.state = 'pending')
        WHEN 'notice' THEN false
        ELSE ${isGone} END`.execute(db);
}
