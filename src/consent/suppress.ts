/** Suppress: from now on nothing is handed over for this identity. */
import type { Trx } from '../db/connection.ts';
import { lockAgainstPlanning, skipWaitingFor } from '../ledger/unsubscribe-guard.ts';
import type { Keys } from './keys.ts';
import { lockIdentity, lockPerson } from './person.ts';
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

export interface Suppressed {
  /** Null when nobody with that identity is known; the suppression is kept all the same. */
  subscriberId: number | null;
  /** False when the same reason held in that scope before. */
  added: boolean;
}

/**
 * Writes the suppression, unless it holds already, and skips what waits for the person. The caller has locked no
 * person before; after the commit it waits with `waitUntilOffTheWire` before it answers.
 */
export async function suppress(trx: Trx, keys: Keys, ask: SuppressionAsk): Promise<Suppressed> {
  await lockAgainstPlanning(trx);
  await lockIdentity(trx, ask.identity);
  const person = await lockPerson(trx, { identity: ask.identity });
  const added = !(await holdsAlready(trx, keys, ask));
  if (added) await writeSuppression(trx, keys, ask, person?.id ?? null);
  if (person)
    await skipWaitingFor(trx, { subscriberId: person.id, newsletterId: ask.newsletterId }, ask.reason);
  return { subscriberId: person?.id ?? null, added };
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
