/** Looked-up MX hosts of domains that are in no list. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface DomainMx {
  domain: string;
  lane: string;
  /** The most preferred MX host; null: there was no answer. */
  mx: string | null;
}

/** How long a lookup stays valid: 30 days, or a day if there was no answer. */
const FRESH = sql`CASE WHEN x.mx IS NULL THEN interval '1 day' ELSE interval '30 days' END`;

/**
 * Domains, not looked up recently, of the next planned deliveries after `after` in the catch-all lane. `last` is null
 * when there are no more deliveries.
 */
export async function domainsToLookUp(
  db: Db,
  issueId: number,
  lane: string,
  after: number,
  size: number,
): Promise<{ domains: string[]; last: number | null }> {
  const { rows } = await sql<{ domains: string[] | null; last: number | null }>`
    WITH page AS (
      SELECT id, split_part(key, '@', 2) AS domain FROM deliveries
      WHERE issue_id = ${issueId} AND lane = ${lane} AND id > ${after} ORDER BY id LIMIT ${size}
    )
    SELECT max(id) AS last, array_agg(DISTINCT domain) FILTER (WHERE NOT EXISTS (
      SELECT 1 FROM domain_mx x WHERE x.domain = page.domain AND x.looked_at > clock_timestamp() - ${FRESH})) AS domains
    FROM page`.execute(db);
  return { domains: rows[0]!.domains ?? [], last: rows[0]!.last };
}

/** A lookup without an answer does not overwrite an older answer. */
export async function storeDomainMx(db: Db, found: readonly DomainMx[]): Promise<void> {
  await sql`
    INSERT INTO domain_mx AS x (domain, lane, mx, looked_at)
    SELECT domain, lane, mx, clock_timestamp() FROM unnest(
      ${found.map((one) => one.domain)}::text[], ${found.map((one) => one.lane)}::text[], ${found.map((one) => one.mx)}::text[]
    ) AS f(domain, lane, mx)
    ON CONFLICT (domain) DO UPDATE SET looked_at = excluded.looked_at,
      lane = CASE WHEN excluded.mx IS NULL THEN x.lane ELSE excluded.lane END,
      mx = coalesce(excluded.mx, x.mx)`.execute(db);
}
