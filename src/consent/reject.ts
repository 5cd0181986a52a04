/** "It was not me: never write to me." Unsubscribes from every newsletter and suppresses all mail for 12 months. */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { waitWhileInFlight } from '../ledger/unsubscribe-guard.ts';
import type { Keys } from './keys.ts';
import { type Origin, writeRecord } from './record.ts';
import { suppress } from './suppress.ts';
import type { LinkRef } from './tokens.ts';
import { unsubscribeFromAll, type WaitClock } from './unsubscribe.ts';

const NOT_ME_MONTHS = 12;

interface Rejection extends LinkRef {
  origin: Origin;
}

/**
 * Resolves when nothing more can reach the person. False when the link names nobody here and nothing was done.
 */
export async function reject(db: Db, keys: Keys, clock: WaitClock, rejection: Rejection): Promise<boolean> {
  if (!(await db.transaction().execute((trx) => writeRejection(trx, keys, rejection)))) return false;
  await waitWhileInFlight(db, clock, { subscriberId: rejection.subscriber, newsletterId: null }, 'not-me');
  return true;
}

async function writeRejection(trx: Trx, keys: Keys, rejection: Rejection): Promise<boolean> {
  const { subscriber, newsletter, origin } = rejection;
  const identity = await identityOf(trx, rejection);
  if (identity === null) return false;
  const { added } = await suppress(trx, keys, {
    identity,
    newsletterId: null,
    reason: 'not-me',
    source: 'reader',
    until: await monthsAhead(trx, NOT_ME_MONTHS),
  });
  await unsubscribeFromAll(trx, subscriber, 'not-me');
  if (!added) return true;
  const record = { step: 'not-me', subscriberId: subscriber, newsletterId: newsletter } as const;
  await writeRecord(trx, { ...record, wording: null, origin });
  return true;
}

async function identityOf(trx: Trx, { subscriber, linkKey }: LinkRef): Promise<string | null> {
  const person = await trx
    .selectFrom('subscribers')
    .select('identity')
    .where('id', '=', subscriber)
    .where('link_key', '=', linkKey)
    .executeTakeFirst();
  return person?.identity ?? null;
}

/** By the database's clock, which also decides when the suppression ends. */
async function monthsAhead(trx: Trx, months: number): Promise<Date> {
  const { rows } = await sql<{
    until: Date;
  }>`SELECT now() + make_interval(months => ${months}::int) AS until`.execute(trx);
  return rows[0]!.until;
}
