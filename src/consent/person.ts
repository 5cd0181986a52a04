/**
 * Acts on one person follow each other: each locks the subscriber's row first, then reads. (Reading in the same
 * statement would see the other rows as they were before the wait for the lock.) Where there may be no row yet, the
 * identity is locked before it, always in this order.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';

export interface Person {
  id: number;
  identity: string;
  /** The spelling first given: where mail goes. */
  email: string;
  /** Links name the person by it. */
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

/** Held by those who make a subscriber's row or a suppression: neither may miss the other's. */
export async function lockIdentity(trx: Trx, identity: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`person ${identity}`}, 0))`.execute(trx);
}
