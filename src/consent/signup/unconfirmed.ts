/**
 * People who filled in the form and never confirmed are deleted after 7 days: they never said yes, and may not even have
 * been asked by themselves. Nothing names them afterwards; the budgets go on with keyed hashes. Who had left before stays
 * known as having left, and who confirmed before a bounce stays a reader who must confirm again.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { anonymizeServiceMails } from '../../ledger/anonymize.ts';

const UNCONFIRMED_DAYS = 7;

const PAGE = 500;

/** Up to a page of people; returns how many subscriptions ended. */
export async function deleteUnconfirmed(db: Db, page = PAGE): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const people = await lockExpired(trx, page);
    if (people.length === 0) return 0;
    const left = await backToUnsubscribed(trx, people);
    const { rows } = await sql<{ person: number }>`
      DELETE FROM subscriptions s WHERE s.subscriber_id = ANY(${people}::bigint[]) AND ${isExpired}
      RETURNING subscriber_id AS person`.execute(trx);
    await deletePeople(trx, [...new Set(rows.map((row) => row.person))]);
    return left + rows.length;
  });
}

/** A request that was repeated counts from the last time. */
const isExpired = sql`(s.state = 'pending' AND s.request_key IS NOT NULL AND s.confirmed_at IS NULL
  AND coalesce(s.requested_at, s.created_at) < clock_timestamp() - make_interval(days => ${UNCONFIRMED_DAYS}::int))`;

/** Like everything about one person, under their row's lock; who is busy waits for the next run. */
async function lockExpired(trx: Trx, page: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM subscribers WHERE id = ANY(ARRAY(
      SELECT s.subscriber_id FROM subscriptions s WHERE ${isExpired} LIMIT ${page}::int))
    FOR UPDATE SKIP LOCKED`.execute(trx);
  return rows.map((row) => row.id);
}

async function backToUnsubscribed(trx: Trx, people: readonly number[]): Promise<number> {
  const result = await sql`
    UPDATE subscriptions s SET state = 'unsubscribed', request_key = NULL, joint_key = NULL
    WHERE s.subscriber_id = ANY(${people}::bigint[]) AND s.unsubscribed_at IS NOT NULL AND s.state = 'pending'
      AND s.request_key IS NOT NULL
      AND coalesce(s.requested_at, s.created_at) < clock_timestamp() - make_interval(days => ${UNCONFIRMED_DAYS}::int)`.execute(
    trx,
  );
  return Number(result.numAffectedRows ?? 0);
}

/** Those who have nothing else here. A request that nobody answered proves nothing, so its record goes too. */
async function deletePeople(trx: Trx, people: readonly number[]): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM subscribers p WHERE id = ANY(${people}::bigint[])
      AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.subscriber_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM consent_records c WHERE c.subscriber_id = p.id AND c.step <> 'asked')`.execute(
    trx,
  );
  const gone = rows.map((row) => row.id);
  if (gone.length === 0) return;
  await anonymizeServiceMails(trx, gone);
  await sql`DELETE FROM consent_records WHERE subscriber_id = ANY(${gone}::bigint[])`.execute(trx);
  await sql`DELETE FROM subscribers WHERE id = ANY(${gone}::bigint[])`.execute(trx);
}
