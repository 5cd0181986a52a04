/**
 * Removes erased people from the ledger. Their rows stay, so that the sums still add up, but a keyed hash replaces the
 * address. A row that is on the wire keeps its address, since its worker may need it again; it is listed in
 * `pending_anonymizations`, and housekeeping anonymizes it later.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';

/** Shown in place of an address. */
export const ERASED = 'erased' as const;

interface Named {
  issue_id: number;
  delivery_id: number;
  key: string | null;
}

/** `key` replaces the identity in an issue's rows; the key of a service mail identifies nobody and stays. */
export async function anonymizeDeliveries(
  trx: Trx,
  { identity, subscriberId, key }: { identity: string; subscriberId: number; key: string },
): Promise<void> {
  await sql`
    INSERT INTO pending_anonymizations (issue_id, delivery_id, key)
    SELECT issue_id, id, ${key} FROM deliveries
    WHERE kind = 'issue' AND key = ${identity} AND issue_id = ANY(ARRAY(SELECT id FROM issues))
    UNION ALL
    SELECT issue_id, id, NULL FROM deliveries WHERE issue_id = 0 AND subscriber_id = ${subscriberId}
    ON CONFLICT DO NOTHING`.execute(trx);
  await anonymizeListed(trx);
}

/** The mails to people who never became readers; those on the wire follow once they have settled. */
export async function anonymizeServiceMails(trx: Trx, subscriberIds: readonly number[]): Promise<void> {
  await sql`
    INSERT INTO pending_anonymizations (issue_id, delivery_id, key)
    SELECT issue_id, id, NULL FROM deliveries WHERE issue_id = 0 AND subscriber_id = ANY(${[...subscriberIds]}::bigint[])
    ON CONFLICT DO NOTHING`.execute(trx);
  await anonymizeListed(trx);
}

/** Anonymizes deliveries that were on the wire when their person was erased, and have settled since. */
export async function anonymizeSettled(db: Db): Promise<void> {
  await db.transaction().execute(anonymizeListed);
}

async function anonymizeListed(trx: Trx): Promise<void> {
  const { rows } = await sql<Named>`
    SELECT issue_id, delivery_id, key FROM pending_anonymizations e
    WHERE (SELECT d.state FROM deliveries d WHERE d.issue_id = e.issue_id AND d.id = e.delivery_id) IS DISTINCT FROM 'handing'
    FOR UPDATE SKIP LOCKED`.execute(trx);
  if (rows.length === 0) return;
  const listed = sql`unnest(${rows.map((row) => row.issue_id)}::bigint[], ${rows.map((row) => row.delivery_id)}::bigint[],
    ${rows.map((row) => row.key)}::text[]) AS e(issue_id, delivery_id, key)`;
  await blank(trx, listed);
  // What went on the wire meanwhile stays listed, and an unknown for a day: a late reply may repeat the address.
  await sql`
    DELETE FROM pending_anonymizations l USING ${listed}
    WHERE l.issue_id = e.issue_id AND l.delivery_id = e.delivery_id AND NOT EXISTS (
      SELECT 1 FROM deliveries d WHERE d.issue_id = e.issue_id AND d.id = e.delivery_id
        AND (d.state = 'handing' OR (d.state = 'unknown' AND d.moved_at > clock_timestamp() - interval '1 day')))`.execute(
    trx,
  );
}

/**
 * Relay replies often repeat the address, so they are blanked. A row that the relay deferred in the meantime is not
 * retried.
 */
async function blank(trx: Trx, listed: ReturnType<typeof sql>): Promise<void> {
  await sql`${moveDeliveries('skip', 'skipped', {
    reason: ERASED,
    dueAt: null,
    from: listed,
    where: sql`d.issue_id = e.issue_id AND d.id = e.delivery_id`,
  })}`.execute(trx);
  await sql`
    UPDATE deliveries d SET key = coalesce(e.key, d.key), email = '', subscriber_id = NULL, subscription_id = NULL, reply = NULL
    FROM ${listed}
    WHERE d.issue_id = e.issue_id AND d.id = e.delivery_id AND d.state <> 'handing' AND (d.email <> '' OR d.reply IS NOT NULL)`.execute(
    trx,
  );
  await sql`
    UPDATE attempts a SET reply = NULL FROM ${listed}
    WHERE a.issue_id = e.issue_id AND a.delivery_id = e.delivery_id AND a.reply IS NOT NULL`.execute(trx);
}
