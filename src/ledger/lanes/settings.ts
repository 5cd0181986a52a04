/** What an operator sets for lanes: their domains, their limits, and whether MX hosts are looked up. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { resetLane } from './states.ts';

export interface LaneDomain {
  domain: string;
  lane: string;
}

export async function readLaneDomains(db: Db): Promise<LaneDomain[]> {
  return db.selectFrom('lane_domains').select(['domain', 'lane']).orderBy('domain').execute();
}

/** A domain is in only one lane: setting it removes it from the previous one. */
export async function setLaneDomains(db: Db, lane: string, domains: readonly string[]): Promise<void> {
  await sql`
    INSERT INTO lane_domains (domain, lane) SELECT DISTINCT d, ${lane} FROM unnest(${domains}::text[]) d
    ON CONFLICT (domain) DO UPDATE SET lane = excluded.lane`.execute(db);
}

/** Null leaves a limit as it is, 0 removes it. */
export async function setLaneLimit(
  db: Db,
  lane: string,
  relay: string | null,
  { connections, rate }: { connections: number | null; rate: number | null },
): Promise<void> {
  await sql`
    INSERT INTO lane_limits AS l (lane, relay, connections, rate)
    VALUES (${lane}, ${relay ?? ''}, nullif(${connections}::int, 0), nullif(${rate}::float8, 0))
    ON CONFLICT (lane, relay) DO UPDATE SET
      connections = CASE WHEN ${connections}::int IS NULL THEN l.connections ELSE excluded.connections END,
      rate = CASE WHEN ${rate}::float8 IS NULL THEN l.rate ELSE excluded.rate END`.execute(db);
  await sql`DELETE FROM lane_limits WHERE connections IS NULL AND rate IS NULL`.execute(db);
}

/**
 * Resets a lane: its limits and what replies taught, for one relay or for all; for all relays, its domains too.
 * Deliveries that wait for the end of a hold become due now.
 */
export async function clearLane(db: Db, lane: string, relay: string | null): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`DELETE FROM lane_limits WHERE lane = ${lane} AND (${relay}::text IS NULL OR relay = ${relay})`.execute(
      trx,
    );
    await resetLane(trx, lane, relay);
    await sql`
      UPDATE deliveries SET due_at = clock_timestamp()
      WHERE issue_id = ANY(ARRAY(SELECT id FROM issues WHERE state IN ('sending', 'paused'))) AND lane = ${lane}
        AND due_at IS NOT NULL AND state = 'deferred' AND reason = 'throttled' AND (${relay}::text IS NULL OR relay = ${relay})`.execute(
      trx,
    );
    if (relay === null) await sql`DELETE FROM lane_domains WHERE lane = ${lane}`.execute(trx);
  });
}

const LOOK_UP = 'lane-mx';

/** Whether domains that are in no list get the lane of their MX hosts. */
export async function classifiesByMx(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', LOOK_UP)
    .executeTakeFirst();
  return row?.value === true;
}

export async function classifyByMx(db: Db, on: boolean): Promise<void> {
  const value = JSON.stringify(on);
  await db
    .insertInto('installation')
    .values({ name: LOOK_UP, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}
