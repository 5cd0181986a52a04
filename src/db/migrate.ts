/**
 * Brings the schema up to date. Forward only: a release expands what it needs and contracts a release later, so
 * the previous release's running processes stay correct. Each migration says the oldest program version that
 * may still run on its result (`compatible`); older programs drain and say so (`schemaStanding`).
 */
import { sql } from 'kysely';
import { Refused } from '../errors.ts';
import type { Db } from './connection.ts';
import { ground } from './migrations/0001-ground.ts';

export interface Migration {
  version: number;
  name: string;
  compatible: number;
  sql: string;
}

export const migrations: readonly Migration[] = [ground];

/** Any fixed number: serialises processes that migrate at once. */
const MIGRATION_LOCK = 706_857_431;

/** Applies what is missing, once, however many processes ask at the same time. Returns the versions applied. */
export async function migrate(db: Db, list: readonly Migration[] = migrations): Promise<number[]> {
  return db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
    await sql`CREATE TABLE IF NOT EXISTS schema_versions (
      version int PRIMARY KEY, name text NOT NULL, compatible int NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
    )`.execute(trx);
    const standing = await readStanding(trx);
    refuseNewer(standing, list);
    const applied: number[] = [];
    for (const migration of list.filter((m) => m.version > standing.version)) {
      await sql.raw(migration.sql).execute(trx);
      await sql`INSERT INTO schema_versions (version, name, compatible)
        VALUES (${migration.version}, ${migration.name}, ${migration.compatible})`.execute(trx);
      applied.push(migration.version);
    }
    return applied;
  });
}

export interface Standing {
  /** Newest migration applied; 0 for an empty database. */
  version: number;
  /** The oldest program version that may still run on it. */
  compatible: number;
}

export async function readStanding(db: Db): Promise<Standing> {
  const exists = await sql<{
    found: string | null;
  }>`SELECT to_regclass('schema_versions')::text AS found`.execute(db);
  if (!exists.rows[0]?.found) return { version: 0, compatible: 0 };
  const { rows } =
    await sql<Standing>`SELECT coalesce(max(version), 0) AS version, coalesce(max(compatible), 0) AS compatible
    FROM schema_versions`.execute(db);
  return rows[0] ?? { version: 0, compatible: 0 };
}

/** Throws when the database belongs to a newer release that this program must not work on. */
export function refuseNewer(standing: Standing, list: readonly Migration[] = migrations): void {
  const ours = list.at(-1)?.version ?? 0;
  if (standing.compatible <= ours) return;
  throw new Refused(
    'schema-newer',
    `the database has schema ${standing.version}, which needs a Postrider that knows schema ${standing.compatible} or later; this one knows ${ours}. Upgrade this process to the release that migrated the database.`,
  );
}
