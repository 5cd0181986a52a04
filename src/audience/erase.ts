/**
 * Erases a person: everything that names them is deleted, but a keyed hash is kept, so that no import brings them back.
 * The ledger keeps its rows without the address, under the hash, so that its totals still add up. The link key stays
 * with the hash, so that links in mails they still have get a truthful answer.
 */
import { sql } from 'kysely';
import { readAddress } from '../consent/identity.ts';
import type { Keys } from '../consent/keys.ts';
import { deleteRequests } from '../consent/signup/budgets.ts';
import type { Db, Trx } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import { anonymizeDeliveries, ERASED } from '../ledger/anonymize.ts';
import { lockAgainstPlanning, skipWaitingFor, waitWhileInFlight } from '../ledger/unsubscribe-guard.ts';

type WaitClock = Parameters<typeof waitWhileInFlight>[1];

/**
 * Resolves once nothing more is handed over for them and nothing names them, except a mail that is still on the wire:
 * housekeeping anonymizes it once it has settled. After an interruption it is safe to run again. Throws
 * Refused('unknown-subscriber').
 */
export async function eraseSubscriber(
  db: Db,
  keys: Keys,
  clock: WaitClock,
  address: string,
  source: 'cli' | 'reader' | 'retention' = 'cli',
): Promise<void> {
  const { identity } = readAddress(address);
  const id = await db.transaction().execute((trx) => suppressAndSkip(trx, keys, identity, source));
  await waitWhileInFlight(db, clock, { subscriberId: id, newsletterId: null }, ERASED);
  await db.transaction().execute(async (trx) => {
    await lockAgainstPlanning(trx);
    const key = `${ERASED} ${keys.hash(identity).hash.toString('base64url')}`;
    await anonymizeDeliveries(trx, { identity, subscriberId: id, key });
    await deletePerson(trx, keys, identity, id);
  });
}

/**
 * One transaction suppresses the person and skips their waiting deliveries, so nothing more is planned or handed over.
 */
async function suppressAndSkip(trx: Trx, keys: Keys, identity: string, source: string): Promise<number> {
  await lockAgainstPlanning(trx);
  const person = await trx
    .selectFrom('subscribers')
    .select(['id', 'link_key'])
    .where('identity', '=', identity)
    .forUpdate()
    .executeTakeFirst();
  if (!person) throw new Refused('unknown-subscriber', 'nobody with that address is known here');
  const { kid, hash } = keys.hash(identity);
  await sql`
    INSERT INTO suppressions (identity_hash, hash_kid, subscriber_id, reason, source, link_key)
    SELECT ${hash}, ${kid}, ${person.id}, ${ERASED}, ${source}, ${person.link_key}
    WHERE NOT EXISTS (SELECT 1 FROM suppressions
      WHERE identity_hash = ${hash} AND reason = ${ERASED} AND link_key = ${person.link_key})`.execute(trx);
  // Left over from an earlier erasure, after which they subscribed again.
  await sql`UPDATE suppressions SET lifted_at = now() WHERE identity_hash = ${hash} AND reason = ${ERASED}
    AND lifted_at IS NULL AND link_key IS DISTINCT FROM ${person.link_key}`.execute(trx);
  await skipWaitingFor(trx, { subscriberId: person.id, newsletterId: null }, ERASED);
  return person.id;
}

/** Subscriptions are deleted with the row; consent records stay as proof without a person. */
async function deletePerson(trx: Trx, keys: Keys, identity: string, id: number): Promise<void> {
  const hashes = keys.hashes(identity).map(({ hash }) => hash);
  await sql`UPDATE suppressions SET identity = NULL, subscriber_id = NULL
    WHERE identity_hash = ANY(${hashes}::bytea[]) OR identity = ${identity} OR subscriber_id = ${id}`.execute(
    trx,
  );
  // What is left of a record is the step, the newsletter, the wording's version and the time.
  await sql`UPDATE consent_records SET ip = NULL, ip_hash = NULL, page = NULL, user_agent = NULL, wording = NULL,
    language = NULL, source = split_part(source, ':', 1), delivery_issue_id = NULL, delivery_id = NULL
    WHERE subscriber_id = ${id}`.execute(trx);
  await sql`UPDATE leaving_reasons SET comment = NULL WHERE subscriber_id = ${id}`.execute(trx);
  await sql`UPDATE feedback_reports SET diagnostic = NULL WHERE subscriber_id = ${id}`.execute(trx);
  await sql`DELETE FROM inbox_mails WHERE lower(rcpt_to) = ANY(SELECT lower(email) FROM subscribers WHERE id = ${id}
    UNION SELECT ${identity})`.execute(trx);
  // Many a domain belongs to one person. Whoever else has it is looked up again.
  await sql`DELETE FROM domain_mx WHERE domain = ${identity.slice(identity.lastIndexOf('@') + 1)}`.execute(
    trx,
  );
  await deleteRequests(trx, keys, identity);
  await trx.deleteFrom('subscribers').where('id', '=', id).execute();
}
