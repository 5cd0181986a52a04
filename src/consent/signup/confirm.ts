/**
 * Confirm: the owner of the mailbox says yes. Idempotent, since people click twice. But a link works for its own
 * request only: after its person has unsubscribed it stays spent, even when somebody requests the subscription again.
 * One link may confirm several newsletters.
 */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import { planServiceMail, SERVICE } from '../../ledger/service-mail.ts';
import type { Keys } from '../keys.ts';
import { type LinkedSubscriptionState, subscriptionsOfLink } from '../link-state.ts';
import { lockPerson, type Person } from '../person.ts';
import { type Origin, writeRecord } from '../record.ts';
import { activeSuppressions, liftSuppressions, type SuppressionReason } from '../suppressions.ts';
import type { ConfirmRef, SubscriptionRef } from '../tokens.ts';
import { noteAnswer } from './budgets.ts';

interface Confirmation extends ConfirmRef {
  /** The sentence beside the button. */
  wording: string;
  origin: Origin;
}

/** A confirmation shows that the mailbox works and its owner wants mail, so it lifts these. The others stay. */
const LIFTED_BY_CONFIRMING: readonly SuppressionReason[] = ['bounce', 'complaint', 'erased'];

/** True when the person is a subscriber now; false when the link can no longer confirm anything. */
export async function confirm(trx: Trx, keys: Keys, confirmation: Confirmation): Promise<boolean> {
  const person = await lockPerson(trx, { id: confirmation.subscriber });
  if (person?.linkKey !== confirmation.linkKey) return false;
  let yes = false;
  for (const subscription of await subscriptionsOfLink(trx, confirmation))
    if (await confirmOne(trx, keys, person, confirmation, subscription)) yes = true;
  if (yes) await noteAnswer(trx, keys, person.identity);
  return yes;
}

async function confirmOne(
  trx: Trx,
  keys: Keys,
  person: Person,
  { wording, origin, mail }: Confirmation,
  { newsletter, state }: LinkedSubscriptionState,
): Promise<boolean> {
  if (state === 'unsubscribed') return false;
  const suppressions = await activeSuppressions(trx, keys, person.identity, newsletter);
  if (suppressions.some((one) => !LIFTED_BY_CONFIRMING.includes(one.reason))) return false;
  if (state === 'confirmed') return true;
  if (!(await markConfirmed(trx, { newsletter, subscriber: person.id }))) return false;
  await liftSuppressions(trx, keys, person.identity, newsletter, LIFTED_BY_CONFIRMING);
  const record = await writeRecord(trx, {
    step: 'confirmed',
    subscriberId: person.id,
    newsletterId: newsletter,
    wording,
    origin,
    ...(mail !== undefined && { delivery: { issue: SERVICE, delivery: mail } }),
  });
  await planWelcome(trx, person, newsletter, record);
  return true;
}

/** Where the newsletter wants it; once for each time that somebody confirms. */
async function planWelcome(trx: Trx, person: Person, newsletterId: number, record: number): Promise<void> {
  const subscription = await trx
    .selectFrom('subscriptions as s')
    .innerJoin('newsletters as n', 'n.id', 's.newsletter_id')
    .select('s.id')
    .where('s.newsletter_id', '=', newsletterId)
    .where('s.subscriber_id', '=', person.id)
    .where('n.welcome', '=', true)
    .executeTakeFirst();
  if (!subscription) return;
  await planServiceMail(trx, {
    kind: 'welcome',
    key: `record ${record}`,
    newsletterId,
    subscriberId: person.id,
    subscriptionId: subscription.id,
    email: person.email,
  });
}

/**
 * By the database's clock, which also set the moment of every running send: people who confirm later are not part of
 * it. False when the person unsubscribed at this very moment.
 */
async function markConfirmed(trx: Trx, ref: SubscriptionRef): Promise<boolean> {
  const { numAffectedRows } = await sql`UPDATE subscriptions
    SET state = 'confirmed', confirmed_at = clock_timestamp(), unsubscribed_at = NULL, left_by = NULL,
      frequency = 'each', paused_until = NULL
    WHERE newsletter_id = ${ref.newsletter} AND subscriber_id = ${ref.subscriber} AND state = 'pending'`.execute(
    trx,
  );
  return (numAffectedRows ?? 0n) > 0n;
}
