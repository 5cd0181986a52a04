/** The ledger in numbers: the tallies kept with every move, and a recount that must agree with them. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { DeliveryState } from '../db/schema.ts';

export type Tally = Record<DeliveryState, number>;

const sums = sql`
  coalesce(sum(planned), 0)::bigint AS planned, coalesce(sum(handing), 0)::bigint AS handing,
  coalesce(sum(deferred), 0)::bigint AS deferred, coalesce(sum(accepted), 0)::bigint AS accepted,
  coalesce(sum(refused), 0)::bigint AS refused, coalesce(sum(skipped), 0)::bigint AS skipped,
  coalesce(sum(unknown), 0)::bigint AS unknown`;

/** Includes compacted rows: a row leaves the tallies when it enters the compacted counts. */
export async function tally(db: Db, issueId: number): Promise<Tally> {
  const { rows } = await sql<Tally>`
    SELECT ${sums} FROM (
      SELECT planned, handing, deferred, accepted, refused, skipped, unknown FROM tallies WHERE issue_id = ${issueId}
      UNION ALL
      SELECT 0, 0, 0, coalesce(sum(count) FILTER (WHERE state = 'accepted'), 0), coalesce(sum(count) FILTER (WHERE state = 'refused'), 0),
        coalesce(sum(count) FILTER (WHERE state = 'skipped'), 0), coalesce(sum(count) FILTER (WHERE state = 'unknown'), 0)
      FROM compacted_counts WHERE issue_id = ${issueId}
    ) parts`.execute(db);
  return rows[0]!;
}

/** Counts the rows themselves, and adds the compacted counts of rows that are gone. */
export async function recount(db: Db, issueId: number): Promise<Tally> {
  const { rows } = await sql<{ state: DeliveryState; n: number }>`
    SELECT state, sum(n)::bigint AS n FROM (
      SELECT state, count(*) AS n FROM deliveries WHERE issue_id = ${issueId} GROUP BY state
      UNION ALL SELECT state, count FROM compacted_counts WHERE issue_id = ${issueId}
    ) parts GROUP BY state`.execute(db);
  const counts: Tally = {
    planned: 0,
    handing: 0,
    deferred: 0,
    accepted: 0,
    refused: 0,
    skipped: 0,
    unknown: 0,
  };
  for (const row of rows) counts[row.state] = row.n;
  return counts;
}

export const waiting = (counts: Tally): number => counts.planned + counts.handing + counts.deferred;

export const audience = (counts: Tally): number =>
  counts.accepted + counts.refused + counts.skipped + counts.unknown + waiting(counts);
