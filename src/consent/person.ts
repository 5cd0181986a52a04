/**
 * Transactions about one person run one after the other: each locks the subscriber's row first, and reads afterwards.
 * (Reading in the same statement would see other rows as they were before the wait for the lock.) Where there may be no
 * row yet, the identity is locked before the row, always in this order.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';

export interface Person {
  id: number;
  identity: string;
  /** The spelling given first, which mail is sent to. */
  email: string;
  /** Names the person in links. */
  linkKey: number;
}

/** Null when there is no such person (any more). */
export async function lockPerson(
  trx: Trx,
  by: { id: number } | { identity: string },
): Promise<Person | null> {
  const query = trx
    .selectFrom('subscribers')
    .select(['id', 'identity', 'email', 'link_key as linkKey'])
    .forNoKeyUpdate();
  const found = 'id' in by ? query.where('id', '=', by.id) : query.where('identity', '=', by.identity);
  return (await found.executeTakeFirst()) ?? null;
}

/** Held while inserting a subscriber or a suppression, so that neither misses the other. */
export async function lockIdentity(trx: Trx, identity: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`person ${identity}`}, 0))`.execute(trx);
}
