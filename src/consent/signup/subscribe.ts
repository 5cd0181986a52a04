/**
 * Subscribe: a stranger fills in the form, and one confirmation mail asks the owner of the mailbox. The result must never
 * change what the stranger is told: every refusal looks like success.
 *
 * Who gets a confirmation mail: strangers, pending people and people who unsubscribed, within the budgets; an address that
 * bounced or complained, once in 30 days; nobody for 12 months after they said "not me"; nobody who is suppressed by hand.
 */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import { planServiceMail } from '../../ledger/service-mail.ts';
import type { Address } from '../identity.ts';
import type { Keys } from '../keys.ts';
import { lockIdentity, lockPerson, type Person } from '../person.ts';
import { type Origin, writeRecord } from '../record.ts';
import { activeSuppressions, linkSuppressions } from '../suppressions.ts';
import { type Budget, spendBudgets } from './budgets.ts';

export interface SubscribeRequest {
  newsletterId: number;
  address: Address;
  name: string | null;
  language: string | null;
  /** The sentence beside the button. */
  wording: string | null;
  origin: Origin;
  /** The address that the request came from, for the budgets of its networks; null when it is unknown. */
  ip: string | null;
}

/** `lane` is set when a confirmation mail was planned: wake workers for it after the commit. */
export type SubscribeResult =
  | { outcome: 'asked'; lane: string }
  | { outcome: 'capped'; budget: Budget; lane: null }
  | { outcome: 'already-confirmed' | 'suppressed'; lane: null };

export async function subscribe(trx: Trx, keys: Keys, request: SubscribeRequest): Promise<SubscribeResult> {
  const { identity } = request.address;
  await lockIdentity(trx, identity);
  const person = await lockPerson(trx, { identity });
  const reasons = (await activeSuppressions(trx, keys, identity, request.newsletterId)).map(
    (one) => one.reason,
  );
  if (reasons.includes('not-me') || reasons.includes('by-hand')) return { outcome: 'suppressed', lane: null };
  const suppressed = reasons.includes('bounce') || reasons.includes('complaint');
  if (!suppressed && person && (await isConfirmed(trx, request.newsletterId, person.id)))
    return { outcome: 'already-confirmed', lane: null };
  const taken = await spendBudgets(trx, {
    identity,
    newsletterId: request.newsletterId,
    ip: request.ip,
    suppressed,
  });
  if ('spent' in taken) return { outcome: 'capped', budget: taken.spent, lane: null };
  const subscriber = person ?? (await addPerson(trx, keys, request));
  const subscriptionId = await makePending(trx, request.newsletterId, subscriber.id, suppressed);
  return {
    outcome: 'asked',
    lane: await planConfirmation(trx, request, subscriber, subscriptionId, taken.number),
  };
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
 * Anybody can fill in the form, so it never overwrites what is known about a person: spelling, name and language stay as
 * first given, even when an import creates the row at this very moment.
 */
async function addPerson(
  trx: Trx,
  keys: Keys,
  { address, name, language }: SubscribeRequest,
): Promise<Person> {
  await trx
    .insertInto('subscribers')
    .values({ identity: address.identity, email: address.email, name, language })
    .onConflict((conflict) => conflict.column('identity').doNothing())
    .execute();
  const person = await lockPerson(trx, { identity: address.identity });
  if (!person) throw new Error('expected the subscriber row that was just inserted, got none');
  await linkSuppressions(trx, keys, person.identity, person.id);
  return person;
}

/**
 * `unsubscribed_at` and `left_by` stay until the person confirms, because an import must still see that they left. A
 * confirmed subscription becomes pending only after a bounce or complaint, when nothing was sent anyway. A subscription
 * that becomes pending gets a new request key, so that links from before an unsubscribe stay spent; a second request for
 * a pending one keeps the key, so that both mails work.
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

/** Plans the confirmation mail to the owner of the mailbox; returns its lane. */
async function planConfirmation(
  trx: Trx,
  request: SubscribeRequest,
  person: Person,
  subscriptionId: number,
  number: number,
): Promise<string> {
  const { newsletterId } = request;
  const record = { step: 'asked', subscriberId: person.id, newsletterId } as const;
  await writeRecord(trx, { ...record, wording: request.wording, origin: request.origin });
  const mail = await planServiceMail(trx, {
    kind: 'confirmation',
    key: `ask ${number}`,
    newsletterId,
    subscriberId: person.id,
    subscriptionId,
    email: person.email,
  });
  if (!mail) throw new Error(`the confirmation mail ${number} was planned before; numbers must be unique`);
  return mail.lane;
}
