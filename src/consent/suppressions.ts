/**
 * Suppressions: identities that must not be written to. They are found by keyed hash, with every key we have, so that
 * they still apply after an erasure and after a key rotation; those that keep the plain identity are found by that as
 * well, so that they still apply when a secret is lost. `subscriber_id` is a convenience for joins: whoever inserts a
 * subscriber calls `linkSuppressions`, because a suppression may be older than the row.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';
import type { Keys } from './keys.ts';

/** The reason decides whether and how the person may come back. */
export type SuppressionReason = 'bounce' | 'complaint' | 'not-me' | 'by-hand' | 'erased';

interface Suppression {
  id: number;
  reason: SuppressionReason;
  /** Null: everywhere. */
  newsletterId: number | null;
}

/** The suppressions of the identity that apply now, everywhere or (when given) for this newsletter. */
export async function activeSuppressions(
  trx: Trx,
  keys: Keys,
  identity: string,
  newsletterId: number | null,
): Promise<Suppression[]> {
  const { rows } = await sql<Suppression>`
    SELECT id, reason, newsletter_id AS "newsletterId" FROM suppressions
    WHERE ${isActiveFor(keys, identity)} AND (until IS NULL OR until > now())
      AND (newsletter_id IS NULL OR newsletter_id = ${newsletterId})
    ORDER BY id`.execute(trx);
  return rows;
}

/** Lifts suppressions with the given reasons, in every scope that includes the newsletter. */
export async function liftSuppressions(
  trx: Trx,
  keys: Keys,
  identity: string,
  newsletterId: number | null,
  reasons: readonly SuppressionReason[],
): Promise<void> {
  await sql`UPDATE suppressions SET lifted_at = now()
    WHERE ${isActiveFor(keys, identity)} AND reason = ANY(${[...reasons]})
      AND (newsletter_id IS NULL OR newsletter_id = ${newsletterId})`.execute(trx);
}

/** Links older suppressions of the identity to its subscriber row. */
export async function linkSuppressions(
  trx: Trx,
  keys: Keys,
  identity: string,
  subscriberId: number,
): Promise<void> {
  await sql`UPDATE suppressions SET subscriber_id = ${subscriberId}
    WHERE ${isActiveFor(keys, identity)} AND subscriber_id IS DISTINCT FROM ${subscriberId}`.execute(trx);
}

/** SQL condition: the suppression is about this identity, by hash or plainly, and has not been lifted. */
export function isActiveFor(keys: Keys, identity: string) {
  const hashes = keys.hashes(identity).map((each) => each.hash);
  return sql`(identity_hash = ANY(${hashes}::bytea[]) OR identity = ${identity}) AND lifted_at IS NULL`;
}
