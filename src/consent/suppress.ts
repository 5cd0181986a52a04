/** Suppress: from now on nothing is handed over for this identity. */
import type { Trx } from '../db/connection.ts';
import { lockAgainstPlanning, skipWaiting } from '../ledger/leave.ts';
import type { Keys } from './keys.ts';
import { lockPerson } from './person.ts';
import { activeSuppressions, type SuppressionReason } from './suppressions.ts';

export interface SuppressionAsk {
  identity: string;
  /** Null: everywhere. */
  newsletterId: number | null;
  reason: SuppressionReason;
  /** Who or what says so: `reader`, `dsn`, `fbl`, `cli`, a provider's name. */
  source: string;
  /** Null: until it is lifted. */
  until: Date | null;
}

/**
 * Writes the suppression, unless the same reason already holds in that scope, and skips what waits for the person.
 * After the commit the caller waits with `waitUntilOffTheWire` before it answers. Returns the subscriber's id, or
 * null when nobody with that identity is known (the suppression is kept all the same).
 */
export async function suppress(trx: Trx, keys: Keys, ask: SuppressionAsk): Promise<number | null> {
  await lockAgainstPlanning(trx);
  const person = await lockPerson(trx, { identity: ask.identity });
  if (!(await holdsAlready(trx, keys, ask))) await writeSuppression(trx, keys, ask, person?.id ?? null);
  if (person) await skipWaiting(trx, { subscriberId: person.id, newsletterId: ask.newsletterId }, ask.reason);
  return person?.id ?? null;
}

async function holdsAlready(trx: Trx, keys: Keys, ask: SuppressionAsk): Promise<boolean> {
  const active = await activeSuppressions(trx, keys, ask.identity, ask.newsletterId);
  return active.some((one) => one.reason === ask.reason && one.newsletterId === ask.newsletterId);
}

async function writeSuppression(
  trx: Trx,
  keys: Keys,
  ask: SuppressionAsk,
  subscriberId: number | null,
): Promise<void> {
  const { kid, hash } = keys.hash(ask.identity);
  await trx
    .insertInto('suppressions')
    .values({
      identity_hash: hash,
      hash_kid: kid,
      identity: ask.identity,
      subscriber_id: subscriberId,
      newsletter_id: ask.newsletterId,
      reason: ask.reason,
      source: ask.source,
      until: ask.until,
    })
    .execute();
}
