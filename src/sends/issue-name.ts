/** Issue names, as commands take them, for the log: a database id helps nobody at a terminal. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { SERVICE } from '../ledger/service-mail.ts';

export const SERVICE_NAME = 'service mails';
/** Names cached per database. */
const MAX_NAMES = 200;

const known = new WeakMap<Db, Map<number, string>>();

/**
 * `weekly/2026-11-23`; queried once, since neither of its slugs ever changes. Never fails, because the thing to be
 * logged may be that the database is unreachable: then `issue number 17`.
 */
export async function issueName(db: Db, issueId: number): Promise<string> {
  if (issueId === SERVICE) return SERVICE_NAME;
  const name = known.get(db)?.get(issueId) ?? (await readName(db, issueId).catch(() => undefined));
  if (name === undefined) return `issue number ${issueId}`;
  rememberIssueName(db, issueId, name);
  return name;
}

/** For callers that have read the name anyway: then no query is needed when something goes wrong. */
export function rememberIssueName(db: Db, issueId: number, name: string): void {
  const names = known.get(db) ?? new Map<number, string>();
  known.set(db, names);
  names.set(issueId, name);
  const oldest = names.keys().next().value;
  if (names.size > MAX_NAMES && oldest !== undefined) names.delete(oldest);
}

async function readName(db: Db, issueId: number): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    SELECT n.slug || '/' || i.slug AS name FROM issues i JOIN newsletters n ON n.id = i.newsletter_id
    WHERE i.id = ${issueId}`.execute(db);
  return rows[0]?.name;
}
