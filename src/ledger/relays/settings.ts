/** What the operator configured for relays in the database, overriding SMTP_URL. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import type { RelaysTable } from '../../db/schema.ts';

const columns = ['rate', 'minute', 'hour', 'day', 'connections', 'messages', 'weight', 'direct'] as const;

type TermName = (typeof columns)[number];

/** Null: as in SMTP_URL. */
export type RelayOverrides = Pick<RelaysTable, 'name' | TermName>;

/** For all relays that the database knows; the others have no overrides. */
export async function readOverrides(db: Db): Promise<Map<string, RelayOverrides>> {
  const rows = await db
    .selectFrom('relays')
    .select(['name', ...columns])
    .execute();
  return new Map(rows.map((row) => [row.name, row]));
}

/** Changes the given terms and leaves the others. */
export async function overrideTerms(
  db: Db,
  name: string,
  terms: Partial<Omit<RelayOverrides, 'name'>>,
): Promise<void> {
  await db
    .insertInto('relays')
    .values({ name, ...terms })
    .onConflict((conflict) =>
      Object.keys(terms).length === 0 ? conflict.doNothing() : conflict.column('name').doUpdateSet(terms),
    )
    .execute();
}

/** A live worker's view of a relay. */
export interface RelayWorker {
  worker: string;
  connections: number;
  downSince: Date | null;
  downWhy: string | null;
}

/** Stores that this worker uses the relay, and whether the relay is down for it. */
export async function noteRelayHealth(
  db: Db,
  relay: string,
  workerId: number,
  trouble: { since: Date; why: string } | null,
): Promise<void> {
  await sql`
    INSERT INTO relay_workers (relay, worker_id, down_since, down_why)
    SELECT ${relay}, id, ${trouble?.since ?? null}::timestamptz, ${trouble?.why ?? null}::text FROM workers
    WHERE id = ${workerId} AND ended_at IS NULL
    ON CONFLICT (relay, worker_id) DO UPDATE SET down_since = excluded.down_since, down_why = excluded.down_why`.execute(
    db,
  );
}

export async function workersOf(db: Db, relay: string): Promise<RelayWorker[]> {
  const { rows } = await sql<RelayWorker>`
    SELECT w.name AS worker, r.connections, r.down_since AS "downSince", r.down_why AS "downWhy"
    FROM relay_workers r JOIN workers w ON w.id = r.worker_id
    WHERE r.relay = ${relay} AND w.ended_at IS NULL AND w.lease_until > clock_timestamp() ORDER BY w.id`.execute(
    db,
  );
  return rows;
}
