/**
 * What was learned about the lanes of a relay, shared by all processes. The life of a lane:
 *
 *   open --throttled--> held --time--> probing --accepted--> growing --step by step--> open
 *
 *   open      no limit was learned; the relay's pool limits the lane, and so does what an operator set.
 *   held      nothing goes out. The concurrency is halved (or one, where the provider's recipe says so).
 *   probing   the hold is over: one message goes, across all processes. If it is throttled too, the lane is held
 *             again, twice as long.
 *   growing   the probe was accepted: the lane starts with the halved concurrency and gains one connection per
 *             interval in which something was accepted and nothing throttled. A throttle halves it again.
 *
 * Every change is one statement conditional on the version that its writer saw when it began the message whose reply
 * caused the change. So two workers, or ten connections, that are throttled at the same moment halve only once.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface LaneState {
  relay: string;
  lane: string;
  version: number;
  /** Concurrent hand-overs across all processes; null: no limit was learned. */
  connections: number | null;
  probing: boolean;
  /** Milliseconds until the hold ends. */
  heldMs: number;
  reason: string | null;
  /** Milliseconds since the last change. */
  sinceMs: number;
}

export interface LaneLimit {
  lane: string;
  /** Null: every relay. */
  relay: string | null;
  connections: number | null;
  /** Messages per second across all processes. */
  rate: number | null;
}

export async function readLaneStates(db: Db): Promise<LaneState[]> {
  const { rows } = await sql<LaneState>`
    SELECT relay, lane, version, connections, probing, reason,
      greatest(0, extract(epoch FROM held_until - clock_timestamp()) * 1000)::float8 AS "heldMs",
      (extract(epoch FROM clock_timestamp() - updated_at) * 1000)::float8 AS "sinceMs"
    FROM lane_states WHERE version > 0 ORDER BY lane, relay`.execute(db);
  return rows.map((row) => ({ ...row, heldMs: row.heldMs ?? 0 }));
}

export async function readLaneLimits(db: Db): Promise<LaneLimit[]> {
  const { rows } = await sql<LaneLimit>`
    SELECT lane, nullif(relay, '') AS relay, connections, rate FROM lane_limits l ORDER BY lane, l.relay`.execute(
    db,
  );
  return rows;
}

/** The lane as the writer saw it when it began the message whose reply is being recorded. */
export interface SeenLane {
  relay: string;
  lane: string;
  version: number;
}

export interface ThrottleEvent {
  /** This process's hand-overs in that lane when the reply came. */
  inUse: number;
  /** The configured limit, or the one that a direct relay starts with; null: none. */
  base: number | null;
  /** Whether the lane restarts with one connection instead of half. */
  fromOne: boolean;
  /** Doubled with each consecutive throttled probe, up to eight times. */
  holdMs: number;
  /** Contains no addresses. */
  reason: string;
}

/**
 * Halves and holds. False when somebody had changed the lane since it was seen: then it has been slowed down already.
 */
export async function throttleLane(db: Db, seen: SeenLane, throttle: ThrottleEvent): Promise<boolean> {
  const { relay, lane, version } = seen;
  const { inUse, base, fromOne, holdMs, reason } = throttle;
  // An open lane does not record how much of it is in use in total, so we multiply our own use by the number of workers
  // with a batch of the lane.
  const { rows } = await sql`
    WITH used AS (
      SELECT least(${base}::int, ${inUse}::int * greatest(1, count(DISTINCT worker_id)))::int AS n FROM batches WHERE lane = ${lane}
    )
    INSERT INTO lane_states AS s (relay, lane, version, connections, probing, held_until, reason)
    SELECT ${relay}, ${lane}, 1, CASE WHEN ${fromOne} THEN 1 ELSE greatest(1, n / 2) END, true,
      clock_timestamp() + ${holdMs}::float8 * interval '1 millisecond', ${reason}
    FROM used
    ON CONFLICT (relay, lane) DO UPDATE SET version = s.version + 1,
      connections = CASE
        WHEN ${fromOne} THEN 1
        WHEN s.probing THEN s.connections
        ELSE greatest(1, coalesce(s.connections, (SELECT n FROM used)) / 2) END,
      failed_probes = CASE WHEN s.probing THEN s.failed_probes + 1 ELSE 0 END,
      probing = true,
      held_until = clock_timestamp() + ${holdMs}::float8 * interval '1 millisecond'
        * CASE WHEN s.probing THEN 2 ^ least(s.failed_probes + 1, 3) ELSE 1 END,
      reason = excluded.reason, updated_at = clock_timestamp()
    WHERE s.version = ${version}
    RETURNING s.version`.execute(db);
  return rows.length > 0;
}

/** The probe was accepted: the lane continues with the connections that the throttle left it. */
export async function endProbe(db: Db, { relay, lane, version }: SeenLane): Promise<boolean> {
  const { rows } = await sql`
    UPDATE lane_states SET version = version + 1, probing = false, failed_probes = 0, updated_at = clock_timestamp()
    WHERE relay = ${relay} AND lane = ${lane} AND version = ${version} AND probing AND held_until <= clock_timestamp()
    RETURNING version`.execute(db);
  return rows.length > 0;
}

/** Adds one connection, at most once per interval; the lane is open again when that reaches `ceiling`. */
export async function growLane(
  db: Db,
  { relay, lane, version }: SeenLane,
  { everyMs, ceiling }: { everyMs: number; ceiling: number },
): Promise<boolean> {
  const { rows } = await sql`
    UPDATE lane_states SET version = version + 1, updated_at = clock_timestamp(),
      connections = CASE WHEN connections + 1 < ${ceiling}::int THEN connections + 1 END
    WHERE relay = ${relay} AND lane = ${lane} AND version = ${version} AND NOT probing AND connections IS NOT NULL
      AND updated_at <= clock_timestamp() - ${everyMs}::float8 * interval '1 millisecond'
    RETURNING version`.execute(db);
  return rows.length > 0;
}

/** Drops what was learned about a lane; the next throttle starts afresh. */
export async function resetLane(db: Db, lane: string, relay: string | null): Promise<void> {
  await sql`
    UPDATE lane_states SET version = version + 1, connections = NULL, probing = false, failed_probes = 0,
      held_until = NULL, reason = NULL, updated_at = clock_timestamp()
    WHERE lane = ${lane} AND (${relay}::text IS NULL OR relay = ${relay}) AND version > 0`.execute(db);
}

/** What was learned about a lane a day ago, and not tested since, says little about today. */
export async function resetOldLanes(db: Db): Promise<void> {
  await sql`
    UPDATE lane_states SET version = version + 1, connections = NULL, probing = false, failed_probes = 0,
      updated_at = clock_timestamp()
    WHERE (probing OR connections IS NOT NULL) AND updated_at < clock_timestamp() - interval '1 day'
      AND held_until < clock_timestamp() - interval '1 day'`.execute(db);
  await sql`DELETE FROM lane_claims WHERE until < clock_timestamp() - interval '1 day'`.execute(db);
}
