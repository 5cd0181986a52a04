/**
 * Backoffs from relays that accept nothing more from us for now. Stored, so that all workers respect them and people
 * see them.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface Backoff {
  /** Milliseconds until we ask the relay again. */
  ms: number;
  /** Milliseconds until the relay is known to accept mail again. */
  endsMs: number;
  why: string;
}

/** An existing backoff that lasts longer stays. */
export async function startBackoff(db: Db, relay: string, { ms, endsMs, why }: Backoff): Promise<void> {
  const after = (span: number) => sql`clock_timestamp() + ${span}::float8 * interval '1 millisecond'`;
  await sql`
    INSERT INTO relays AS r (name, backoff_until, backoff_ends, backoff_why) VALUES (${relay}, ${after(ms)}, ${after(endsMs)}, ${why})
    ON CONFLICT (name) DO UPDATE SET backoff_until = greatest(r.backoff_until, excluded.backoff_until),
      backoff_ends = CASE WHEN r.backoff_ends > excluded.backoff_until THEN r.backoff_ends ELSE excluded.backoff_ends END,
      backoff_why = excluded.backoff_why`.execute(db);
}

/** The relay accepts mail again, or somebody says so. Workers notice at their next heartbeat. */
export async function endBackoff(db: Db, relay: string): Promise<void> {
  await sql`
    UPDATE relays SET backoff_until = NULL, backoff_ends = NULL, backoff_why = NULL, backoff_lifted_at = clock_timestamp()
    WHERE name = ${relay}`.execute(db);
}

/** Ends a backoff by hand: deliveries that were deferred because of it are due at once. */
export async function endBackoffByHand(db: Db, relay: string): Promise<void> {
  await endBackoff(db, relay);
  await sql`
    UPDATE deliveries SET due_at = clock_timestamp()
    WHERE (issue_id = 0 OR issue_id IN (SELECT id FROM issues WHERE state = 'sending')) AND state = 'deferred'
      AND due_at > clock_timestamp() AND reason IN ('relay-busy', 'relay-quota') AND relay = ${relay}`.execute(
    db,
  );
}

export interface RelayBackoff {
  /** Null: we send to it. */
  backoff: Backoff | null;
  /** When its last backoff was ended early. */
  endedAt: Date | null;
}

/** By relay name; a relay that never had a backoff is missing. */
export async function readBackoffs(db: Db): Promise<Map<string, RelayBackoff>> {
  const { rows } = await sql<{ name: string; ms: number; ends_ms: number; why: string; ended: Date | null }>`
    SELECT name, coalesce(backoff_why, '') AS why, backoff_lifted_at AS ended,
      greatest(0, coalesce(extract(epoch FROM backoff_until - clock_timestamp()), 0) * 1000)::float8 AS ms,
      greatest(0, coalesce(extract(epoch FROM backoff_ends - clock_timestamp()), 0) * 1000)::float8 AS ends_ms
    FROM relays WHERE backoff_until IS NOT NULL OR backoff_lifted_at IS NOT NULL`.execute(db);
  return new Map(
    rows.map(({ name, ms, ends_ms, why, ended }) => [
      name,
      { backoff: ms > 0 ? { ms, endsMs: Math.max(ms, ends_ms), why } : null, endedAt: ended },
    ]),
  );
}
