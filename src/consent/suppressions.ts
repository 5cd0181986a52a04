/**
 * Suppressions: identities that must not be written to. They are found by keyed hash, with every key we have, so
 * that they hold after an erasure and after a rotation; those that keep the plain identity are found by that as well,
 * so that they hold when a secret is gone. `subscriber_id` is a convenience for joins: whoever makes
 * a subscriber row calls `linkSuppressions`, for the suppression may be older than the row.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';
import type { Keys } from './keys.ts';

/** Who may come back, and how: design 6. */
export type SuppressionReason = 'bounce' | 'complaint' | 'not-me' | 'by-hand' | 'erased';

export interface Suppression {
  id: number;
  reason: SuppressionReason;
  /** Null: everywhere. */
  newsletterId: number | null;
}

/** What holds for the identity now, everywhere or (when given) for this newsletter. */
export async function activeSuppressions(
  trx: Trx,
  keys: Keys,
  identity: string,
  newsletterId: number | null,
): Promise<Suppression[]> {
  const { rows } = await sql<Suppression>`
    SELECT id, reason, newsletter_id AS "newsletterId" FROM suppressions
    WHERE ${standsFor(keys, identity)} AND (until IS NULL OR until > now())
      AND (newsletter_id IS NULL OR newsletter_id = ${newsletterId})
    ORDER BY id`.execute(trx);
  return rows;
}

/** Lifts those of the given reasons, in every scope that reaches the newsletter. */
export async function liftSuppressions(
  trx: Trx,
  keys: Keys,
  identity: string,
  newsletterId: number | null,
  reasons: readonly SuppressionReason[],
): Promise<void> {
  await sql`UPDATE suppressions SET lifted_at = now()
    WHERE ${standsFor(keys, identity)} AND reason = ANY(${[...reasons]})
      AND (newsletter_id IS NULL OR newsletter_id = ${newsletterId})`.execute(trx);
}

/** Ties older suppressions of the identity to its subscriber row. */
export async function linkSuppressions(
  trx: Trx,
  keys: Keys,
  identity: string,
  subscriberId: number,
): Promise<void> {
  await sql`UPDATE suppressions SET subscriber_id = ${subscriberId}
    WHERE ${standsFor(keys, identity)} AND subscriber_id IS DISTINCT FROM ${subscriberId}`.execute(trx);
}

/** True of a suppression, by whatever names it, that has not been lifted. */
export function standsFor(keys: Keys, identity: string) {
  const hashes = keys.hashes(identity).map((each) => each.hash);
  return sql`(identity_hash = ANY(${hashes}::bytea[]) OR identity = ${identity}) AND lifted_at IS NULL`;
}
