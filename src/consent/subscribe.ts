/**
 * Subscribe: a stranger asks, the owner of the mailbox is asked back by one confirmation mail. Nothing that is
 * returned here may change what a stranger is answered: every refusal looks like success.
 *
 * Who may be asked (design 6): a stranger, a pending person and one who left, under the caps; an address that
 * bounced or complained once in 30 days; one who said "not me" not for 12 months; one kept out by hand never.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';
import { planServiceMail } from '../ledger/service-mail.ts';
import { type Budget, takeAsk } from './caps.ts';
import type { Address } from './identity.ts';
import type { Keys } from './keys.ts';
import { lockIdentity, lockPerson, type Person } from './person.ts';
import { type Origin, writeRecord } from './record.ts';
import { activeSuppressions, linkSuppressions } from './suppressions.ts';

export interface SubscribeAsk {
  newsletterId: number;
  address: Address;
  name: string | null;
  language: string | null;
  /** The sentence beside the button. */
  wording: string | null;
  origin: Origin;
}

/** `lane` is set when a confirmation mail was planned: wake workers for it after the commit. */
export type Asked =
  | { outcome: 'asked'; lane: string }
  | { outcome: 'capped'; budget: Budget; lane: null }
  | { outcome: 'already-confirmed' | 'suppressed'; lane: null };

export async function subscribe(trx: Trx, keys: Keys, ask: SubscribeAsk): Promise<Asked> {
  const { identity } = ask.address;
  await lockIdentity(trx, identity);
  const person = await lockPerson(trx, { identity });
  const reasons = (await activeSuppressions(trx, keys, identity, ask.newsletterId)).map((one) => one.reason);
  if (reasons.includes('not-me') || reasons.includes('by-hand')) return { outcome: 'suppressed', lane: null };
  const suppressed = reasons.includes('bounce') || reasons.includes('complaint');
  if (!suppressed && person && (await isConfirmed(trx, ask.newsletterId, person.id)))
    return { outcome: 'already-confirmed', lane: null };
  const taken = await takeAsk(trx, {
    identity,
    newsletterId: ask.newsletterId,
    ip: ask.origin.ip,
    suppressed,
  });
  if ('spent' in taken) return { outcome: 'capped', budget: taken.spent, lane: null };
  const asked = person ?? (await addPerson(trx, keys, ask));
  const subscriptionId = await makePending(trx, ask.newsletterId, asked.id, suppressed);
  return { outcome: 'asked', lane: await askBack(trx, ask, asked, subscriptionId, taken.number) };
}

async function isConfirmed(trx: Trx, newsletterId: number, subscriberId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('subscriptions')
    .select('state')
    .where('newsletter_id', '=', newsletterId)
    .where('subscriber_id', '=', subscriberId)
    .executeTakeFirst();
  return row?.state === 'confirmed';
}

/**
 * Anyone can fill in the form, so it never overwrites what is known of a person: spelling, name and language stay
 * as first given, also when an import made the row at this very moment.
 */
async function addPerson(trx: Trx, keys: Keys, { address, name, language }: SubscribeAsk): Promise<Person> {
  await trx
    .insertInto('subscribers')
    .values({ identity: address.identity, email: address.email, name, language })
    .onConflict((conflict) => conflict.column('identity').doNothing())
    .execute();
  const person = await lockPerson(trx, { identity: address.identity });
  if (!person) throw new Error('expected the subscriber row that was just made, got none');
  await linkSuppressions(trx, keys, person.identity, person.id);
  return person;
}

/**
 * `unsubscribed_at` and `left_by` stay until the person confirms: an import must go on seeing that they left.
 * A confirmed subscription becomes pending only behind a bounce or complaint, where nothing was sent anyway. Who
 * becomes pending gets a new ask key, so that links from before they left stay spent; who asks twice keeps theirs, and
 * both mails work.
 */
async function makePending(
  trx: Trx,
  newsletterId: number,
  subscriberId: number,
  suppressed: boolean,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    INSERT INTO subscriptions AS s (newsletter_id, subscriber_id, state, request_key)
    VALUES (${newsletterId}, ${subscriberId}, 'pending', new_link_key())
    ON CONFLICT (newsletter_id, subscriber_id) DO UPDATE
      SET state = CASE WHEN s.state = 'confirmed' AND NOT ${suppressed} THEN s.state ELSE 'pending' END,
        request_key = CASE WHEN s.state = 'pending' THEN coalesce(s.request_key, excluded.request_key) ELSE excluded.request_key END
    RETURNING id`.execute(trx);
  const row = rows[0];
  if (!row) throw new Error('expected the pending subscription to be returned, got no row');
  return row.id;
}

/** Plans the one mail that asks the owner of the mailbox; returns its lane. */
async function askBack(
  trx: Trx,
  ask: SubscribeAsk,
  person: Person,
  subscriptionId: number,
  number: number,
): Promise<string> {
  const { newsletterId } = ask;
  const record = { step: 'asked', subscriberId: person.id, newsletterId } as const;
  await writeRecord(trx, { ...record, wording: ask.wording, origin: ask.origin });
  const mail = await planServiceMail(trx, {
    kind: 'confirmation',
    key: `ask ${number}`,
    newsletterId,
    subscriberId: person.id,
    subscriptionId,
    email: person.email,
  });
  if (!mail) throw new Error(`the confirmation of ask ${number} was planned before; numbers must be unique`);
  return mail.lane;
}
