/**
 * Subscribe: a stranger fills in the form, and one mail asks the owner of the mailbox. The result must never change what
 * the stranger is told: every refusal looks like success.
 *
 * Who gets a confirmation mail: strangers, pending people and people who unsubscribed, within the budgets; an address that
 * bounced or complained, once in 30 days; nobody for 12 months after they said "not me"; nobody who is suppressed by hand.
 * Who reads all of it already is told so, within the same budgets.
 */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import { planServiceMail } from '../../ledger/service-mail.ts';
import type { Address } from '../identity.ts';
import type { Keys } from '../keys.ts';
import { lockIdentity, lockPerson, type Person } from '../person.ts';
import { type Origin, writeRecord } from '../record.ts';
import { activeSuppressions, linkSuppressions, type SuppressionReason } from '../suppressions.ts';
import { type Budget, spendBudgets } from './budgets.ts';

export interface SubscribeRequest {
  /** One mail asks about all of them; it is sent in the name of the first. */
  newsletterIds: readonly number[];
  address: Address;
  name: string | null;
  language: string | null;
  /** The sentence beside the button. */
  wording: string | null;
  origin: Origin;
  /** The address that the request came from, for the budgets of its networks; null when it is unknown. */
  ip: string | null;
}

/** `lane` is set when a mail was planned: wake workers for it after the commit. */
export type SubscribeResult =
  | { outcome: 'asked' | 'already-reader'; lane: string }
  | { outcome: 'capped'; budget: Budget; lane: null }
  | { outcome: 'suppressed'; lane: null };

export async function subscribe(trx: Trx, keys: Keys, request: SubscribeRequest): Promise<SubscribeResult> {
  const { identity } = request.address;
  await lockIdentity(trx, identity);
  const person = await lockPerson(trx, { identity });
  const newsletters = await withStates(trx, keys, request, person);
  const open = newsletters.filter((one) => one.state !== 'closed');
  if (open.length === 0) return { outcome: 'suppressed', lane: null };
  const wanted = open.filter((one) => one.state !== 'read');
  return wanted.length === 0
    ? tellReader(trx, keys, request, person!, open)
    : ask(trx, keys, request, person, wanted);
}

interface Wanted {
  id: number;
  /** `closed`: they must not be asked; `read`: they get it already; `bounced`: they may be asked once in 30 days. */
  state: 'closed' | 'read' | 'bounced' | 'open';
}

async function withStates(
  trx: Trx,
  keys: Keys,
  { address, newsletterIds }: SubscribeRequest,
  person: Person | null,
): Promise<Wanted[]> {
  const confirmed = person ? await confirmedOf(trx, person.id, newsletterIds) : new Set<number>();
  const states: Wanted[] = [];
  for (const id of newsletterIds) {
    const found = await activeSuppressions(trx, keys, address.identity, id);
    states.push({
      id,
      state: stateOf(
        found.map(({ reason }) => reason),
        confirmed.has(id),
      ),
    });
  }
  return states;
}

function stateOf(reasons: readonly SuppressionReason[], confirmed: boolean): Wanted['state'] {
  if (reasons.includes('not-me') || reasons.includes('by-hand')) return 'closed';
  if (reasons.includes('bounce') || reasons.includes('complaint')) return 'bounced';
  return confirmed ? 'read' : 'open';
}

async function confirmedOf(
  trx: Trx,
  subscriberId: number,
  newsletterIds: readonly number[],
): Promise<Set<number>> {
  const rows = await trx
    .selectFrom('subscriptions')
    .select('newsletter_id')
    .where('newsletter_id', 'in', [...newsletterIds])
    .where('subscriber_id', '=', subscriberId)
    .where('state', '=', 'confirmed')
    .execute();
  return new Set(rows.map((row) => row.newsletter_id));
}

/** "You already read this": nobody else learns of it, and nothing changes. */
async function tellReader(
  trx: Trx,
  keys: Keys,
  request: SubscribeRequest,
  person: Person,
  read: readonly Wanted[],
): Promise<SubscribeResult> {
  const newsletterIds = read.map(({ id }) => id);
  const { identity } = request.address;
  const charged = await spendBudgets(trx, keys, {
    identity,
    kind: 'notice',
    newsletterIds,
    ip: request.ip,
    suppressed: false,
  });
  if ('spent' in charged) return { outcome: 'capped', budget: charged.spent, lane: null };
  const newsletterId = charged.newsletterIds[0]!;
  const { id: subscriptionId } = await trx
    .selectFrom('subscriptions')
    .select('id')
    .where('newsletter_id', '=', newsletterId)
    .where('subscriber_id', '=', person.id)
    .executeTakeFirstOrThrow();
  const mail = await planServiceMail(trx, {
    kind: 'notice',
    notice: 'already-reader',
    key: String(charged.number),
    newsletterId,
    subscriberId: person.id,
    subscriptionId,
    email: person.email,
  });
  return { outcome: 'already-reader', lane: mail!.lane };
}

async function ask(
  trx: Trx,
  keys: Keys,
  request: SubscribeRequest,
  known: Person | null,
  wanted: readonly Wanted[],
): Promise<SubscribeResult> {
  const charged = await spendBudgets(trx, keys, {
    identity: request.address.identity,
    kind: 'confirmation',
    newsletterIds: wanted.map(({ id }) => id),
    ip: request.ip,
    suppressed: wanted.some(({ state }) => state === 'bounced'),
  });
  if ('spent' in charged) return { outcome: 'capped', budget: charged.spent, lane: null };
  const person = known ?? (await addPerson(trx, keys, request));
  const requested = wanted.filter(({ id }) => charged.newsletterIds.includes(id));
  const pending = await makePending(trx, person.id, requested);
  for (const { id } of requested)
    await writeRecord(trx, {
      step: 'asked',
      subscriberId: person.id,
      newsletterId: id,
      wording: request.wording,
      origin: request.origin,
    });
  const mail = await planServiceMail(trx, {
    kind: 'confirmation',
    key: `ask ${charged.number}`,
    newsletterId: requested[0]!.id,
    subscriberId: person.id,
    ...pending,
    email: person.email,
  });
  if (!mail)
    throw new Error(`the confirmation mail ${charged.number} was planned before; numbers must be unique`);
  return { outcome: 'asked', lane: mail.lane };
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
 * a pending one keeps the key, so that both mails work. A mail about several newsletters has a key of its own, which all
 * of them keep beside theirs.
 */
async function makePending(
  trx: Trx,
  subscriberId: number,
  requested: readonly Wanted[],
): Promise<{ subscriptionId: number; about?: number }> {
  const joint = requested.length > 1;
  const bounced = requested.filter(({ state }) => state === 'bounced').map(({ id }) => id);
  const { rows } = await sql<{ id: number; jointKey: number | null }>`
    INSERT INTO subscriptions AS s (newsletter_id, subscriber_id, state, request_key, requested_at, joint_key)
    SELECT n.id, ${subscriberId}, 'pending', new_link_key(), clock_timestamp(), k.joint_key
    FROM unnest(${requested.map(({ id }) => id)}::bigint[]) WITH ORDINALITY AS n(id, place),
      (SELECT CASE WHEN ${joint}::boolean THEN new_link_key() END AS joint_key OFFSET 0) AS k
    ORDER BY n.place
    ON CONFLICT (newsletter_id, subscriber_id) DO UPDATE SET requested_at = excluded.requested_at,
      state = CASE WHEN s.state = 'confirmed' AND s.newsletter_id <> ALL(${bounced}::bigint[]) THEN s.state ELSE 'pending' END,
      request_key = CASE WHEN s.state = 'pending' THEN coalesce(s.request_key, excluded.request_key) ELSE excluded.request_key END,
      joint_key = CASE WHEN s.state = 'pending' THEN coalesce(excluded.joint_key, s.joint_key) ELSE excluded.joint_key END
    RETURNING id, joint_key AS "jointKey"`.execute(trx);
  const [first] = rows;
  if (!first) throw new Error('expected the pending subscription to be returned, got no row');
  return { subscriptionId: first.id, ...(joint && { about: first.jointKey! }) };
}
