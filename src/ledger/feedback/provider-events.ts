/** Which events of mail providers were applied already, so that a repeated one changes nothing. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface ClaimedEvent {
  id: string;
  content: string | null;
}

/**
 * Stores events as received and returns which of them still have to be applied: the new ones, and those whose
 * application failed before. `forged`: an id that came with other content before.
 */
export async function claimEvents(
  db: Db,
  keyId: number,
  events: readonly ClaimedEvent[],
): Promise<{ open: Set<string>; forged: Set<string> }> {
  const ids = events.map(({ id }) => id);
  const contents = events.map(({ content }) => content);
  await sql`
    INSERT INTO provider_events (key_id, event_id, content)
    SELECT ${keyId}, e.id, e.content FROM unnest(${ids}::text[], ${contents}::text[]) AS e(id, content)
    ON CONFLICT DO NOTHING`.execute(db);
  const { rows } = await sql<{ id: string; applied: boolean; content: string | null }>`
    SELECT event_id AS id, applied_at IS NOT NULL AS applied, content FROM provider_events
    WHERE key_id = ${keyId} AND event_id = ANY(${ids}::text[])`.execute(db);
  const given = new Map(events.map(({ id, content }) => [id, content]));
  return {
    open: new Set(rows.filter((row) => !row.applied).map(({ id }) => id)),
    forged: new Set(rows.filter((row) => row.content !== given.get(row.id)).map(({ id }) => id)),
  };
}

/** After their effects are committed. */
export async function markApplied(db: Db, keyId: number, ids: readonly string[]): Promise<void> {
  await sql`
    UPDATE provider_events SET applied_at = clock_timestamp()
    WHERE key_id = ${keyId} AND event_id = ANY(${[...ids]}::text[])`.execute(db);
}

/** Longer than any provider repeats an event, and than any signature counts. */
const KEPT_DAYS = 14;
const PAGE_ROWS = 10_000;

/** Returns how many were deleted; fewer than a page means that none are left. */
export async function deleteOldEvents(db: Db): Promise<number> {
  const result = await sql`
    DELETE FROM provider_events WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM provider_events WHERE received_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}::int)
      LIMIT ${PAGE_ROWS}::int))`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}
