/**
 * The strongest statement about each address of an import, in a temporary table, so that memory stays flat. The table
 * belongs to one connection: all these functions must be called on the same one.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { rankOf, type Statement } from '../status/status.ts';

/** Keyed by identity. */
export type Statements = Map<string, Statement>;

export function keepStrongest(statements: Statements, identity: string, statement: Statement): void {
  const known = statements.get(identity);
  if (!known || rankOf(statement.status) < rankOf(known.status)) statements.set(identity, statement);
}

export async function createStatements(db: Db): Promise<void> {
  await dropStatements(db);
  await sql`CREATE TEMP TABLE import_statements (identity text PRIMARY KEY, rank smallint NOT NULL, status text NOT NULL,
    "column" text, word text NOT NULL, at timestamptz, evidence text)`.execute(db);
}

export async function dropStatements(db: Db): Promise<void> {
  await sql`DROP TABLE IF EXISTS pg_temp.import_statements`.execute(db);
}

/** A stronger statement replaces the one in the table. */
export async function saveStatements(db: Db, statements: Statements): Promise<void> {
  if (statements.size === 0) return;
  const rows = [...statements];
  const column = <T>(read: (statement: Statement) => T) => rows.map(([, statement]) => read(statement));
  await sql`INSERT INTO pg_temp.import_statements AS t
    SELECT * FROM unnest(${rows.map(([identity]) => identity)}::text[], ${column(({ status }) => rankOf(status))}::smallint[],
      ${column(({ status }) => status)}::text[], ${column((one) => one.column)}::text[],
      ${column(({ word }) => word)}::text[], ${column(({ at }) => at)}::timestamptz[],
      ${column(({ evidence }) => evidence)}::text[])
    ON CONFLICT (identity) DO UPDATE SET rank = excluded.rank, status = excluded.status, "column" = excluded."column",
      word = excluded.word, at = excluded.at, evidence = excluded.evidence
    WHERE excluded.rank < t.rank`.execute(db);
}

export async function readStatements(db: Db, identities: readonly string[]): Promise<Statements> {
  const { rows } = await sql<Statement & { identity: string }>`
    SELECT identity, status, "column", word, at, evidence FROM pg_temp.import_statements
    WHERE identity = ANY(${[...identities]}::text[])`.execute(db);
  return new Map(rows.map(({ identity, ...statement }) => [identity, statement]));
}
