/** "It was not me: never write to me." Out of every newsletter, and no mail at all for 12 months. */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { lockAgainstPlanning, waitUntilOffTheWire } from '../ledger/leave.ts';
import type { Keys } from './keys.ts';
import { lockPerson } from './person.ts';
import { type Origin, writeRecord } from './record.ts';
import { suppress } from './suppress.ts';
import type { SubscriptionRef } from './tokens.ts';
import type { Waiting } from './unsubscribe.ts';

export const NOT_ME_MONTHS = 12;

export interface Rejection extends SubscriptionRef {
  origin: Origin;
}

/** Resolves when nothing more can reach the person, also when they said so before or are unknown. */
export async function reject(db: Db, keys: Keys, clock: Waiting, rejection: Rejection): Promise<void> {
  await db.transaction().execute((trx) => shutOut(trx, keys, rejection));
  await waitUntilOffTheWire(db, clock, { subscriberId: rejection.subscriber, newsletterId: null }, 'not-me');
}

async function shutOut(trx: Trx, keys: Keys, rejection: Rejection): Promise<void> {
  await lockAgainstPlanning(trx);
  const person = await lockPerson(trx, { id: rejection.subscriber });
  if (!person) return;
  const already = await isShutOut(trx, rejection.subscriber);
  await leaveEverything(trx, rejection.subscriber);
  const { rows } = await sql<{ until: Date }>`
    SELECT now() + make_interval(months => ${NOT_ME_MONTHS}::int) AS until`.execute(trx);
  await suppress(trx, keys, {
    identity: person.identity,
    newsletterId: null,
    reason: 'not-me',
    source: 'reader',
    until: rows[0]?.until ?? null,
  });
  if (already) return;
  const { subscriber, newsletter, origin } = rejection;
  await writeRecord(trx, {
    step: 'not-me',
    subscriberId: subscriber,
    newsletterId: newsletter,
    wording: null,
    origin,
  });
}

async function isShutOut(trx: Trx, subscriberId: number): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM suppressions WHERE subscriber_id = ${subscriberId}
    AND reason = 'not-me' AND lifted_at IS NULL AND (until IS NULL OR until > now())`.execute(trx);
  return rows.length > 0;
}

async function leaveEverything(trx: Trx, subscriberId: number): Promise<void> {
  await sql`UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = clock_timestamp(), left_by = 'not-me'
    WHERE subscriber_id = ${subscriberId} AND state <> 'unsubscribed'`.execute(trx);
}
