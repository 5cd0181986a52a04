/** Identifies this database, so that a copy can be told from its original and two installations never share a name. */
import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** The ids of the cluster and of the database in it. `cluster` is null when we lack the permission to read it. */
export interface DatabaseIdentity {
  cluster: string | null;
  database: number;
}

export async function identify(db: Db): Promise<DatabaseIdentity> {
  const { rows } = await sql<{ database: number; may: boolean }>`
    SELECT oid::bigint AS database, has_function_privilege('pg_control_system()', 'execute') AS may
    FROM pg_database WHERE datname = current_database()`.execute(db);
  const { database, may } = rows[0]!;
  if (!may) return { cluster: null, database };
  const { rows: control } = await sql<{ cluster: string }>`
    SELECT system_identifier::text AS cluster FROM pg_control_system()`.execute(db);
  return { cluster: control[0]!.cluster, database };
}

const NAME = 'queue';

/**
 * A prefix for keys in a Redis that other installations may use too: the same for all processes on this database, but a
 * different one in a restored dump.
 */
export async function installationName(db: Db): Promise<string> {
  await db
    .insertInto('installation')
    .values({ name: NAME, value: JSON.stringify(randomUUID()) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', NAME)
    .executeTakeFirstOrThrow();
  const { cluster, database } = await identify(db);
  const digest = createHash('sha256')
    .update(JSON.stringify([value, cluster, database]))
    .digest('hex');
  return `postrider-${digest.slice(0, 12)}`;
}
