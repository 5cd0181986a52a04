/** Writes many suppressions at once. */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import type { SuppressionReason } from '../../consent/suppressions.ts';
import type { Db, Trx } from '../../db/connection.ts';
import type { DeliveryReason } from '../../ledger/moves/reasons.ts';
import { waitWhileInFlight } from '../../ledger/unsubscribe-guard.ts';

export interface ImportedSuppression {
  identity: string;
  /** Null: everywhere. */
  newsletterId: number | null;
  reason: SuppressionReason;
  source: string;
  /** Null: now. */
  since: Date | null;
  /** Null: until it is lifted. */
  until: Date | null;
}

/**
 * At most a few hundred, in a transaction that holds the plan lock. Skips the waiting deliveries of these people.
 * Returns who has a new suppression, and who has a mail on the wire: the caller waits for those after the commit.
 */
export async function writeSuppressions(
  trx: Trx,
  keys: Keys,
  all: readonly ImportedSuppression[],
): Promise<{ added: Set<string>; count: number; inFlight: number[] }> {
  const none = { added: new Set<string>(), count: 0, inFlight: [] };
  if (all.length === 0) return none;
  await lockIdentities(trx, all);
  const fresh = await withoutActive(trx, keys, all);
  if (fresh.length === 0) return none;
  const hashes = fresh.map(({ identity }) => keys.hash(identity));
  const { rows } = await sql<{ id: number; newsletterId: number | null; reason: SuppressionReason }>`
    INSERT INTO suppressions (identity_hash, hash_kid, identity, subscriber_id, newsletter_id, reason, source, until, created_at)
    SELECT decode(r.hash, 'hex'), r.kid, r.identity, p.id, r.newsletter_id, r.reason, r.source, r.until,
      least(r.since, clock_timestamp())
    FROM unnest(${hashes.map(({ hash }) => hash.toString('hex'))}::text[], ${hashes.map(({ kid }) => kid)}::text[],
      ${fresh.map((one) => one.identity)}::text[], ${fresh.map((one) => one.newsletterId)}::bigint[],
      ${fresh.map((one) => one.reason)}::text[], ${fresh.map((one) => one.source)}::text[],
      ${fresh.map((one) => one.until)}::timestamptz[], ${fresh.map((one) => one.since)}::timestamptz[])
      WITH ORDINALITY AS r(hash, kid, identity, newsletter_id, reason, source, until, since, number)
    LEFT JOIN subscribers p ON p.identity = r.identity ORDER BY r.number
    RETURNING subscriber_id AS id, newsletter_id AS "newsletterId", reason`.execute(trx);
  return {
    added: new Set(fresh.map(({ identity }) => identity)),
    count: fresh.length,
    inFlight: await skipWaitingOf(
      trx,
      rows.filter(({ id }) => id !== null),
    ),
  };
}

/** Always in the same order, so that two imports never deadlock. See `lockIdentity`. */
export async function lockIdentities(trx: Trx, all: readonly { identity: string }[]): Promise<void> {
  if (all.length === 0) return;
  const identities = [...new Set(all.map(({ identity }) => identity))].sort();
  await sql`SELECT count(pg_advisory_xact_lock(hashtextextended('person ' || identity, 0)))
    FROM (SELECT identity FROM unnest(${identities}::text[]) AS u(identity) ORDER BY identity) o`.execute(
    trx,
  );
}

/** Leaves out suppressions that are active already with the same reason and scope, whichever key hashed them. */
async function withoutActive(
  trx: Trx,
  keys: Keys,
  all: readonly ImportedSuppression[],
): Promise<ImportedSuppression[]> {
  const byHash = new Map(
    all.flatMap(({ identity }) => keys.hashes(identity).map(({ hash }) => [hash.toString('hex'), identity])),
  );
  const { rows } = await sql<{
    hash: string;
    identity: string | null;
    newsletterId: number | null;
    reason: string;
  }>`SELECT encode(identity_hash, 'hex') AS hash, identity, newsletter_id AS "newsletterId", reason FROM suppressions
    WHERE (until IS NULL OR until > now()) AND id = ANY(ARRAY(${activeSuppressionIds(
      [...byHash.keys()],
      all.map(({ identity }) => identity),
    )}))`.execute(trx);
  const key = (identity: string, newsletterId: number | null, reason: string) =>
    JSON.stringify([identity, newsletterId, reason]);
  const seen = new Set(
    rows.map((row) => key(byHash.get(row.hash) ?? row.identity ?? '', row.newsletterId, row.reason)),
  );
  return all.filter((one) => {
    const name = key(one.identity, one.newsletterId, one.reason);
    return !seen.has(name) && seen.add(name);
  });
}

/**
 * Ids of active suppressions of any of these people, found by keyed hash (as hex) or by plain identity. There are two
 * index look-ups because with an OR PostgreSQL would read the whole table for each batch.
 */
export const activeSuppressionIds = (hashes: readonly string[], identities: readonly string[]) => sql<number>`
  SELECT id FROM suppressions WHERE lifted_at IS NULL
    AND identity_hash = ANY(SELECT decode(h, 'hex') FROM unnest(${[...hashes]}::text[]) h)
  UNION SELECT id FROM suppressions WHERE lifted_at IS NULL AND identity IS NOT NULL
    AND identity = ANY(SELECT i FROM unnest(${[...identities]}::text[]) i)`;

async function skipWaitingOf(
  trx: Trx,
  optOuts: readonly { id: number; newsletterId: number | null; reason: SuppressionReason }[],
): Promise<number[]> {
  if (optOuts.length === 0) return [];
  const { rows } = await sql<{ id: number; inFlight: boolean }>`
    SELECT id, skip_waiting_deliveries(id, newsletter, reason) AS "inFlight"
    FROM unnest(${optOuts.map(({ id }) => id)}::bigint[], ${optOuts.map((one) => one.newsletterId)}::bigint[],
      ${optOuts.map(({ reason }) => reason)}::text[]) AS r(id, newsletter, reason)`.execute(trx);
  return rows.filter(({ inFlight }) => inFlight).map(({ id }) => id);
}

/** Resolves when none of them has a mail on the wire, or after the two seconds that an unsubscribe waits. */
export async function waitWhileAnyInFlight(
  db: Db,
  clock: Parameters<typeof waitWhileInFlight>[1],
  subscriberIds: readonly number[],
  newsletterId: number | null,
  reason: DeliveryReason,
): Promise<void> {
  // A few at a time: each polls the database.
  for (let at = 0; at < subscriberIds.length; at += 4)
    await Promise.all(
      subscriberIds
        .slice(at, at + 4)
        .map((subscriberId) => waitWhileInFlight(db, clock, { subscriberId, newsletterId }, reason)),
    );
}
