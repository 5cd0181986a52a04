/**
 * Mails somebody a fresh link to their data. Anybody may ask for it by address or by a forwarded issue, so it costs the
 * budgets of a sign-up, and nobody is told whether a mail went out.
 */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import { planServiceMail } from '../../ledger/service-mail.ts';
import type { Keys } from '../keys.ts';
import { lockIdentity, lockPerson } from '../person.ts';
import { spendBudgets } from '../signup/budgets.ts';
import { activeSuppressions } from '../suppressions.ts';

interface DataLinkRequest {
  person: { id: number } | { identity: string };
  /** In whose name it is mailed; null: one that they know. */
  newsletterId: number | null;
  ip: string | null;
}

/** The lane to wake workers for when a mail was planned; null when none was, for whatever reason. */
export async function requestDataLink(
  trx: Trx,
  keys: Keys,
  request: DataLinkRequest,
): Promise<string | null> {
  const identity = await identityOf(trx, request.person);
  if (identity === null) return null;
  await lockIdentity(trx, identity);
  const person = await lockPerson(trx, { identity });
  if (!person) return null;
  const newsletterId = request.newsletterId ?? (await knownNewsletter(trx, person.id));
  if (newsletterId === null) return null;
  const reasons = (await activeSuppressions(trx, keys, person.identity, null)).map((one) => one.reason);
  if (reasons.includes('not-me') || reasons.includes('by-hand')) return null;
  const suppressed = reasons.includes('bounce') || reasons.includes('complaint');
  const charged = await spendBudgets(trx, keys, {
    identity,
    kind: 'notice',
    newsletterIds: [newsletterId],
    ip: request.ip,
    suppressed,
  });
  if ('spent' in charged) return null;
  const mail = await planServiceMail(trx, {
    kind: 'notice',
    notice: 'data-link',
    key: String(charged.number),
    newsletterId,
    subscriberId: person.id,
    subscriptionId: null,
    email: person.email,
  });
  return mail?.lane ?? null;
}

async function identityOf(trx: Trx, person: DataLinkRequest['person']): Promise<string | null> {
  if ('identity' in person) return person.identity;
  const row = await trx
    .selectFrom('subscribers')
    .select('identity')
    .where('id', '=', person.id)
    .executeTakeFirst();
  return row?.identity ?? null;
}

/** One that they read, or have read; strangers to all have nothing here but their request. */
async function knownNewsletter(trx: Trx, subscriberId: number): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`SELECT newsletter_id AS id FROM subscriptions
    WHERE subscriber_id = ${subscriberId} ORDER BY state <> 'confirmed', id DESC LIMIT 1`.execute(trx);
  return rows[0]?.id ?? null;
}
