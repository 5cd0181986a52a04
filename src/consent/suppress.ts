/** Suppress an identity: from now on nothing is handed over for it. */
import type { Trx } from '../db/connection.ts';
import { lockAgainstPlanning, skipWaitingFor } from '../ledger/unsubscribe-guard.ts';
import type { Keys } from './keys.ts';
import { lockIdentity, lockPerson } from './person.ts';
import { activeSuppressions, type SuppressionReason } from './suppressions.ts';

interface NewSuppression {
  identity: string;
  /** Null: everywhere. */
  newsletterId: number | null;
  reason: SuppressionReason;
  /** Who or what reported it: `reader`, `dsn`, `fbl`, `cli`, a provider's name. */
  source: string;
  /** Null: until it is lifted. */
  until: Date | null;
}

interface SuppressResult {
  /** Null when nobody with that identity is known; the suppression is stored all the same. */
  subscriberId: number | null;
  /** False when a suppression with this reason and scope was active before. */
  added: boolean;
}

/**
 * Writes the suppression, unless it is active already, and skips the person's waiting deliveries. The caller must not
 * have locked any person before, and after the commit it must call `waitWhileInFlight` before it answers.
 */
export async function suppress(trx: Trx, keys: Keys, suppression: NewSuppression): Promise<SuppressResult> {
  await lockAgainstPlanning(trx);
  await lockIdentity(trx, suppression.identity);
  const person = await lockPerson(trx, { identity: suppression.identity });
  const added = !(await isActiveAlready(trx, keys, suppression));
  if (added) await writeSuppression(trx, keys, suppression, person?.id ?? null);
  if (person)
    await skipWaitingFor(
      trx,
      { subscriberId: person.id, newsletterId: suppression.newsletterId },
      suppression.reason,
    );
  return { subscriberId: person?.id ?? null, added };
}

async function isActiveAlready(trx: Trx, keys: Keys, suppression: NewSuppression): Promise<boolean> {
  const active = await activeSuppressions(trx, keys, suppression.identity, suppression.newsletterId);
  return active.some(
    (one) => one.reason === suppression.reason && one.newsletterId === suppression.newsletterId,
  );
}

async function writeSuppression(
  trx: Trx,
  keys: Keys,
  suppression: NewSuppression,
  subscriberId: number | null,
): Promise<void> {
  const { kid, hash } = keys.hash(suppression.identity);
  await trx
    .insertInto('suppressions')
    .values({
      identity_hash: hash,
      hash_kid: kid,
      identity: suppression.identity,
      subscriber_id: subscriberId,
      newsletter_id: suppression.newsletterId,
      reason: suppression.reason,
      source: suppression.source,
      until: suppression.until,
    })
    .execute();
}
