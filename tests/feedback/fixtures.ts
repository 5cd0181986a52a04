/** A reader with an accepted delivery, and reports about it. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Keys } from '../../src/consent/keys.ts';
import { returnPath } from '../../src/consent/mail/mail-tokens.ts';
import { deliveryToken } from '../../src/consent/tokens.ts';
import type { Db } from '../../src/db/connection.ts';
import type { DeliveryState } from '../../src/db/schema.ts';
import type { FeedbackContext } from '../../src/feedback/apply-report.ts';
import type { RecipientReport, Report } from '../../src/feedback/report.ts';
import type { FeedbackSource } from '../../src/feedback/store.ts';
import { systemClock } from '../../src/io/clock.ts';
import { openLog } from '../../src/io/log.ts';
import { insertDelivery, insertSubscriber } from '../helpers/rows.ts';

export const makeKeys = (): Keys => new Keys(['a secret of the feedback tests, long enough']);
export const keys = makeKeys();

export const contextOf = (db: Db): FeedbackContext => ({
  db,
  keys,
  clock: systemClock,
  log: openLog('silent'),
});

export interface Mailed {
  email: string;
  subscriber: number;
  issue: number;
  delivery: number;
  token: string;
  returnPath: string;
}

let people = 0;

/** A new reader of the newsletter, and one delivery to them by an issue of its own. */
export async function mailReader(
  db: Db,
  newsletterId: number,
  state: DeliveryState = 'accepted',
): Promise<Mailed> {
  people += 1;
  const email = `Reader${people}@there${people}.example`;
  return mailAgain(
    db,
    newsletterId,
    { email, subscriber: await insertSubscriber(db, email, newsletterId) },
    state,
  );
}

export async function mailAgain(
  db: Db,
  newsletterId: number,
  { email, subscriber }: Pick<Mailed, 'email' | 'subscriber'>,
  state: DeliveryState = 'accepted',
): Promise<Mailed> {
  const { issue, delivery } = await insertDelivery(db, newsletterId, subscriber, state);
  await sql`UPDATE sends SET sending_since = now() WHERE issue_id = ${issue}`.execute(db);
  const person = await db
    .selectFrom('subscribers')
    .select('link_key')
    .where('id', '=', subscriber)
    .executeTakeFirstOrThrow();
  const token = deliveryToken(keys, { issue, delivery, linkKey: person.link_key });
  return { email, subscriber, issue, delivery, token, returnPath: returnPath(token, 'bounces.example.org') };
}

export const hard: RecipientReport = {
  recipient: null,
  original: null,
  class: 'hard',
  reason: 'user-unknown',
  status: '5.1.1',
  diagnostic: '550 5.1.1 <somebody@there.example>: no such user',
};
export const soft: RecipientReport = { ...hard, class: 'soft', reason: 'mailbox-full', status: '4.2.2' };
export const block: RecipientReport = { ...hard, class: 'block', reason: 'policy', status: '5.7.1' };
export const complaint: RecipientReport = { ...hard, class: 'feedback', reason: 'abuse', status: null };
export const vacation: RecipientReport = { ...hard, class: 'vacation', reason: 'vacation', status: null };

/** A report about one recipient, with the given clues only. */
export const reportOf = (recipient: RecipientReport, clues: Partial<Report['clues']> = {}): Report => ({
  recipients: [recipient],
  clues: { deliveryTokens: [], returnPaths: [], messageIds: [], ...clues },
});

/** A report that carries the delivery's signed id, as a server that returns our headers writes it. */
export const about = (mailed: Mailed, recipient: RecipientReport): Report =>
  reportOf({ ...recipient, recipient: mailed.email }, { deliveryTokens: [mailed.token] });

/** A source whose reports were never seen before. */
export const newSource = (name = 'imap', authenticated = false): FeedbackSource => ({
  name,
  authenticated,
  digest: randomBytes(32),
});

export async function feedbackOf(db: Db, { issue, delivery }: Mailed) {
  return db
    .selectFrom('deliveries')
    .select(['state', 'reason', 'feedback'])
    .where('issue_id', '=', issue)
    .where('id', '=', delivery)
    .executeTakeFirstOrThrow();
}

export async function suppressionsOf(db: Db, { subscriber }: Pick<Mailed, 'subscriber'>) {
  return db
    .selectFrom('suppressions')
    .select(['reason', 'source', 'newsletter_id'])
    .where('subscriber_id', '=', subscriber)
    .where('lifted_at', 'is', null)
    .execute();
}
