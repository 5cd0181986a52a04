/**
 * Brings the schema up to date. Forward only: the way back is a backup. A release expands (new tables, new columns with
 * a default, wider checks) and a later release contracts (drops what nobody reads any more), so that the previous
 * release's processes stay correct while they still run. A migration that they could not work with gives its own number
 * as `compatible`; they notice at their next heartbeat, drain and say so (`refuseUnusable`).
 *
 * A released migration is never edited: a change is a new file with the next number. The text of functions is in
 * `functions/`; a migration that changes one runs its text again.
 */
import { sql } from 'kysely';
import { Refused } from '../errors.ts';
import type { Db, Trx } from './connection.ts';
import { firstRelease } from './migrations/0001-first-release.ts';
import { consentAndFeedback } from './migrations/0002-consent-and-feedback.ts';

export interface Migration {
  /** 1, 2, 3, ... without gaps. */
  version: number;
  name: string;
  /** A program must know at least this version to work with the result; at most `version`. */
  compatible: number;
  /** Statements that can run in a transaction. */
  sql: string;
}

export const migrations: readonly Migration[] = [firstRelease, consentAndFeedback];

/** Any fixed number: serializes processes that migrate at the same time. */
const MIGRATION_LOCK = 706_857_431;

/**
 * A statement that needs a table for itself waits for everybody who uses it, and everybody who comes later waits behind
 * it. So it gives up soon and retries, instead of holding up a send behind somebody's long query.
 */
const TABLE_LOCK_MS = 2_000;
const TRIES = 30;

/** PostgreSQL's lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Applies the missing migrations once, however many processes call it at the same time; all of them or none. Returns
 * the versions applied. Throws Refused when the database belongs to a newer release.
 */
export async function migrate(db: Db, list: readonly Migration[] = migrations): Promise<number[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute((trx) => applyMissing(trx, list));
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || tries === TRIES) throw error;
    }
  }
}

async function applyMissing(trx: Trx, list: readonly Migration[]): Promise<number[]> {
  await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
  await sql`CREATE TABLE IF NOT EXISTS schema_versions (
    version int PRIMARY KEY, name text NOT NULL, compatible int NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
  )`.execute(trx);
  await sql`SELECT set_config('lock_timeout', ${`${TABLE_LOCK_MS}ms`}, true)`.execute(trx);
  const found = await readSchema(trx);
  refuseUnusable(found, list);
  const missing = list.filter((migration) => migration.version > found.version);
  for (const migration of missing) await apply(trx, migration);
  return missing.map((migration) => migration.version);
}

async function apply(trx: Trx, { version, name, compatible, sql: text }: Migration): Promise<void> {
  await sql.raw(text).execute(trx);
  await sql`INSERT INTO schema_versions (version, name, compatible)
    VALUES (${version}, ${name}, ${compatible})`.execute(trx);
}

/** The schema of a database, according to its list of migrations. */
export interface Schema {
  /** Newest migration applied; 0 for an empty database. */
  version: number;
  /** A program must know at least this version to work with the database. */
  compatible: number;
  /** Name of the first migration, which tells the databases of releases from those of pre-releases; null when empty. */
  origin: string | null;
}

const EMPTY: Schema = { version: 0, compatible: 0, origin: null };

export async function readSchema(db: Db): Promise<Schema> {
  const exists = await sql<{
    found: string | null;
  }>`SELECT to_regclass('schema_versions')::text AS found`.execute(db);
  if (!exists.rows[0]?.found) return EMPTY;
  const { rows } = await sql<Schema>`
    SELECT coalesce(max(version), 0) AS version, coalesce(max(compatible), 0) AS compatible,
      max(name) FILTER (WHERE version = 1) AS origin FROM schema_versions`.execute(db);
  return rows[0] ?? EMPTY;
}

/** Throws when this program must not use the database, and could not migrate it. */
export function refuseUnusable(found: Schema, list: readonly Migration[] = migrations): void {
  refusePreRelease(found, list);
  refuseNewer(found, list);
}

/**
 * The migrations of the pre-releases were squashed into the first one of 0.1.0; pre-release databases cannot be
 * upgraded.
 */
function refusePreRelease({ origin, version }: Schema, list: readonly Migration[]): void {
  if (origin === null || origin === list[0]?.name) return;
  throw new Refused(
    'schema-prerelease',
    `expected a database of release 0.1.0 or later, found schema ${version} of a pre-release (it began with "${origin}"), which cannot be upgraded. Nothing was changed. With the Postrider that made it, export the readers of every newsletter (postrider subscriber export --newsletter SLUG --state all > SLUG.csv); then start anew with an empty database (DATABASE_URL, or POSTRIDER_HOME in the embedded way) and the same POSTRIDER_SECRET, create the newsletters, and import the files (postrider subscriber import SLUG.csv --newsletter SLUG). docs/moving.md has the steps.`,
  );
}

function refuseNewer({ version, compatible }: Schema, list: readonly Migration[]): void {
  const ours = list.at(-1)?.version ?? 0;
  if (compatible <= ours) return;
  throw new Refused(
    'schema-newer',
    `the database has schema ${version}, which needs a Postrider that knows schema ${compatible} or later; this one knows ${ours}. Upgrade this process to the release that migrated the database.`,
  );
}
