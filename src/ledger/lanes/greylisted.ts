/** A greylisting domain accepts retries after a known delay: deliveries that would wait longer are made due then. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface GreylistedDomain {
  issueId: number;
  lane: string;
  /** In lower case. */
  domain: string;
  /** Counted from each delivery's first attempt. */
  delayMs: number;
}

/** Returns how many deliveries are now due earlier than before. */
export async function retryWhenGreylistEnds(
  db: Db,
  { issueId, lane, domain, delayMs }: GreylistedDomain,
): Promise<number> {
  const ends = sql`first_attempt_at + ${delayMs}::float8 * interval '1 millisecond'`;
  const { numAffectedRows } = await sql`
    UPDATE deliveries SET due_at = greatest(clock_timestamp(), ${ends})
    WHERE issue_id = ${issueId} AND lane = ${lane} AND state = 'deferred' AND reason = 'temporary' AND due_at > ${ends}
      AND right(lower(email), ${domain.length + 1}::int) = ${`@${domain}`}`.execute(db);
  return Number(numAffectedRows ?? 0);
}
