/** A mail to the address in List-Unsubscribe does what the https address beside it does. */
import { sql } from 'kysely';
import type { LinkRef } from '../../consent/tokens.ts';
import { unsubscribe } from '../../consent/unsubscribe.ts';
import type { Db } from '../../db/connection.ts';
import type { FeedbackContext } from '../apply-report.ts';
import type { RecipientReport } from '../report.ts';
import { type FeedbackSource, noteAction, storeReport } from '../store.ts';

/**
 * False when the address names nobody here. The mail is stored last: if that fails it is read again, and unsubscribing
 * twice is the same as once.
 */
export async function unsubscribeByMail(
  { db, clock, log }: FeedbackContext,
  { newsletter, subscriber: linked, linkKey }: LinkRef,
  source: FeedbackSource,
  what: RecipientReport,
): Promise<boolean> {
  const subscriber = await personOf(db, linked, linkKey);
  const origin = { source: 'mailto', ipHash: null, page: null, userAgent: null, language: null };
  if (subscriber) await unsubscribe(db, clock, { newsletter, subscriber, by: 'reader', origin });
  const action = subscriber === null ? 'unmatched' : 'unsubscribed';
  await db.transaction().execute(async (trx) => {
    const id = await storeReport(trx, source, 0, what, null);
    if (id !== null) await noteAction(trx, id, action);
  });
  log.info({ source: source.name, action }, 'a mail to unsubscribe came in');
  return subscriber !== null;
}

/** 0: erased, so there is nothing left to end. Null: nobody here. */
async function personOf(db: Db, subscriber: number, linkKey: number): Promise<number | null> {
  const { rows } = await sql<{ id: number | null }>`
    SELECT subscriber_of_link(${subscriber}, ${linkKey}) AS id`.execute(db);
  return rows[0]!.id;
}
