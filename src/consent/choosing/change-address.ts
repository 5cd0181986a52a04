/**
 * A new address for somebody: both mailboxes say yes, since whoever has a forwarded issue can ask for it. Until then
 * nothing changes. Asking costs the same budgets as signing up, and is answered the same whatever is done.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { planServiceMail } from '../../ledger/service-mail.ts';
import type { Address } from '../identity.ts';
import type { Keys } from '../keys.ts';
import { lockIdentity, lockPerson } from '../person.ts';
import { spendBudgets } from '../signup/budgets.ts';
import { activeSuppressions } from '../suppressions.ts';
import { ADDRESS_HOURS, type LinkRef } from '../tokens.ts';

interface AddressRequest extends LinkRef {
  address: Address;
  ip: string | null;
}

/** For a person; each is a mail to them, and one to whoever owns the new address. */
const MAX_REQUESTS = 3;
const MAX_REQUESTS_HOURS = 7 * 24;

/** The lane to wake workers for when two mails were planned; null when none was, for whatever reason. */
export async function requestAddress(trx: Trx, keys: Keys, request: AddressRequest): Promise<string | null> {
  const { newsletter, subscriber, address } = request;
  await lockIdentity(trx, address.identity);
  const person = await lockPerson(trx, { id: subscriber });
  if (person?.linkKey !== request.linkKey || person.identity === address.identity) return null;
  if ((await activeSuppressions(trx, keys, address.identity, newsletter)).length > 0) return null;
  if (await isOverLimit(trx, subscriber)) return null;
  const charged = await spendBudgets(trx, keys, {
    identity: address.identity,
    kind: 'notice',
    newsletterIds: [newsletter],
    ip: request.ip,
    suppressed: false,
  });
  if ('spent' in charged) return null;
  const { id } = await trx
    .insertInto('address_changes')
    .values({ subscriber_id: subscriber, email: address.email, identity: address.identity })
    .returning('id')
    .executeTakeFirstOrThrow();
  const mail = { kind: 'notice', newsletterId: newsletter, subscriberId: subscriber, about: id } as const;
  const shared = { ...mail, key: String(id), subscriptionId: null };
  const toOld = await planServiceMail(trx, { ...shared, notice: 'address-old', email: person.email });
  await planServiceMail(trx, { ...shared, notice: 'address-new', email: address.email });
  return toOld?.lane ?? null;
}

async function isOverLimit(trx: Trx, subscriberId: number): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM address_changes
    WHERE subscriber_id = ${subscriberId} AND at > now() - make_interval(hours => ${MAX_REQUESTS_HOURS}::int)`.execute(
    trx,
  );
  return rows[0]!.n >= MAX_REQUESTS;
}

/** Deletes requests that can no longer be confirmed and that no limit counts: they name addresses. */
export async function deleteOldAddressChanges(db: Db): Promise<void> {
  const hours = Math.max(ADDRESS_HOURS, MAX_REQUESTS_HOURS) + 1;
  await sql`DELETE FROM address_changes WHERE at < now() - make_interval(hours => ${hours}::int)`.execute(db);
}
