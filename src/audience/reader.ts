/** A subscriber as slots can refer to them. */
import { readAddress } from '../consent/identity.ts';
import type { Db } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import type { Reader } from '../render/edition/edition.ts';

/** Null when no subscriber has that address, or it is not a valid address: the editor may still be typing. */
export async function findReader(db: Db, address: string): Promise<Reader | null> {
  const identity = identityOf(address);
  if (identity === null) return null;
  const row = await db
    .selectFrom('subscribers')
    .select(['email', 'name', 'language', 'attributes'])
    .where('identity', '=', identity)
    .executeTakeFirst();
  return row ?? null;
}

function identityOf(address: string): string | null {
  try {
    return readAddress(address).identity;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
