/**
 * Acts on one person follow each other: each locks the subscriber's row first, then reads. (Reading in the same
 * statement would see the other rows as they were before the wait for the lock.)
 */
import type { Trx } from '../db/connection.ts';

export interface Person {
  id: number;
  identity: string;
  /** The spelling first given: where mail goes. */
  email: string;
}

/** Null when there is no such person (any more). */
export async function lockPerson(
  trx: Trx,
  by: { id: number } | { identity: string },
): Promise<Person | null> {
  const query = trx.selectFrom('subscribers').select(['id', 'identity', 'email']).forNoKeyUpdate();
  const found = 'id' in by ? query.where('id', '=', by.id) : query.where('identity', '=', by.identity);
  return (await found.executeTakeFirst()) ?? null;
}
