/**
 * Brings the schema up to date. Forward only: there is no way back but a backup. A release expands (new tables,
 * new columns with a default, wider checks) and a later release contracts (drops what nobody reads any more), so
 * that the previous release's processes stay correct while they still run. A migration that they could not work
 * on names itself as `compatible`; they notice at their next heartbeat, drain and say so (`refuseNewer`).
 */
import { sql } from 'kysely';
import { Refused } from '../errors.ts';
import type { Db, Trx } from './connection.ts';
import { ground } from './migrations/0001-ground.ts';
import { steering } from './migrations/0002-steering.ts';
import { lanes } from './migrations/0003-lanes.ts';
import { relays } from './migrations/0004-relays.ts';
import { leave } from './migrations/0005-leave.ts';
import { checks } from './migrations/0006-checks.ts';
import { evidence } from './migrations/0007-evidence.ts';
import { ledgerParts } from './migrations/0008-ledger-parts.ts';
import { copies } from './migrations/0009-copies.ts';
import { planPages } from './migrations/0010-plan-pages.ts';
import { leavingLate } from './migrations/0011-leaving-late.ts';
import { expires } from './migrations/0012-expires.ts';
import { links } from './migrations/0013-links.ts';
import { relayRests } from './migrations/0014-relay-rests.ts';
import { linkKeys } from './migrations/0015-link-keys.ts';
import { budgets } from './migrations/0016-budgets.ts';
import { corrections } from './migrations/0017-corrections.ts';
import { siteLinks } from './migrations/0018-site-links.ts';
import { subscribePage } from './migrations/0019-subscribe-page.ts';

export interface Migration {
  /** 1, 2, 3, ... without gaps. */
  version: number;
  name: string;
  /** The newest migration that a program must know of to work on the result; at most `version`. */
  compatible: number;
  /** Statements that can run in a transaction. */
  sql: string;
}

export const migrations: readonly Migration[] = [
  ground,
  steering,
  lanes,
  relays,
  leave,
  checks,
  evidence,
  ledgerParts,
  copies,
  planPages,
  leavingLate,
  expires,
  links,
  relayRests,
  linkKeys,
  budgets,
  corrections,
  siteLinks,
  subscribePage,
];

/** Any fixed number: serialises processes that migrate at once. */
const MIGRATION_LOCK = 706_857_431;

/**
 * A statement that needs a table for itself waits for all who use it, and all who come later wait behind it. So
 * it gives up soon and comes back, instead of holding up a send behind somebody's long query.
 */
const TABLE_LOCK_MS = 2_000;
const TRIES = 30;

/** PostgreSQL's lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Applies what is missing, once, however many processes ask at the same time; all of it or nothing. Returns the
 * versions applied. Throws Refused when the database belongs to a newer release.
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
  const standing = await readStanding(trx);
  refuseNewer(standing, list);
  const missing = list.filter((migration) => migration.version > standing.version);
  for (const migration of missing) await apply(trx, migration);
  return missing.map((migration) => migration.version);
}

async function apply(trx: Trx, { version, name, compatible, sql: text }: Migration): Promise<void> {
  await sql.raw(text).execute(trx);
  await sql`INSERT INTO schema_versions (version, name, compatible)
    VALUES (${version}, ${name}, ${compatible})`.execute(trx);
}

export interface Standing {
  /** Newest migration applied; 0 for an empty database. */
  version: number;
  /** The newest migration that a program must know of to work on it. */
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
