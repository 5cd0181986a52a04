/** Deliveries that a relay took and no event has spoken of since. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

/** Reads the issue's whole partition, so it is for a person who asks, not for a loop. */
export async function countUnconfirmed(db: Db, issueId: number, relays: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM deliveries
    WHERE issue_id = ${issueId} AND state = 'accepted' AND reason IS NULL AND feedback IS NULL
      AND relay = ANY(${[...relays]}::text[])`.execute(db);
  return rows[0]!.count;
}
