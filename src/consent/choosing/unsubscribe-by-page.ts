/**
 * Leaving on the page of an unsubscribe link, which says what it stopped and offers to undo it. (A mail program's one
 * click gets no page; see `unsubscribeByLink`.)
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import type { SubscriptionState } from '../../db/schema.ts';
import { acceptByReader } from '../../ledger/evidence.ts';
import { lockAgainstPlanning, waitWhileInFlight } from '../../ledger/unsubscribe-guard.ts';
import type { Origin } from '../record.ts';
import type { UnsubscribeRef } from '../tokens.ts';
import { type WaitClock, writeUnsubscribeByLink } from '../unsubscribe.ts';

export interface Leaving {
  /** Mails to them that waited to be sent and are not sent any more. */
  stopped: number;
  /** The consent record of this leaving, which can be undone; null if they had not been confirmed by this link. */
  record: number | null;
}

/** Resolves when nothing more is handed over. Null when the link names nobody here, who therefore did not leave. */
export async function unsubscribeByPage(
  db: Db,
  clock: WaitClock,
  ref: UnsubscribeRef,
  origin: Origin,
): Promise<Leaving | null> {
  const left = await db.transaction().execute((trx) => writeUnsubscribe(trx, ref, origin));
  if (left.person === null) return null;
  const optOut = { subscriberId: left.person, newsletterId: ref.newsletter };
  if (left.inFlight) {
    await waitWhileInFlight(db, clock, optOut);
    await acceptByReader(db, ref, left.person);
  }
  return { stopped: await countStopped(db, ref.newsletter, left.person, left.at), record: left.record };
}

async function writeUnsubscribe(trx: Trx, ref: UnsubscribeRef, origin: Origin) {
  await lockAgainstPlanning(trx);
  const { rows } = await sql<{ state: SubscriptionState | null; at: Date }>`
    SELECT now() AS at, (SELECT s.state FROM subscriptions s WHERE s.newsletter_id = ${ref.newsletter}
      AND s.subscriber_id = subscriber_of_link(${ref.subscriber}, ${ref.linkKey}) FOR UPDATE) AS state`.execute(
    trx,
  );
  const { state, at } = rows[0]!;
  const { person, inFlight } = await writeUnsubscribeByLink(trx, ref, origin);
  // Somebody who came back after an erasure has another row, which the page's forms do not name.
  const undoable = state === 'confirmed' && person === ref.subscriber;
  const record = undoable ? await lastRecord(trx, ref.newsletter, person) : null;
  return { person, inFlight, at, record };
}

async function lastRecord(trx: Trx, newsletterId: number, subscriberId: number): Promise<number> {
  const { id } = await trx
    .selectFrom('consent_records')
    .select('id')
    .where('subscriber_id', '=', subscriberId)
    .where('newsletter_id', '=', newsletterId)
    .where('step', '=', 'unsubscribed')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return id;
}

/** Counted after the wait, which may have stopped what the relay deferred meanwhile. */
async function countStopped(db: Db, newsletterId: number, person: number, since: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM deliveries d
    WHERE d.state = 'skipped' AND d.reason = 'unsubscribed' AND d.moved_at >= ${since} AND (
      (d.kind = 'issue' AND d.key = (SELECT identity FROM subscribers WHERE id = ${person}) AND d.issue_id = ANY(ARRAY(
        SELECT id FROM issues WHERE state IN ('sending', 'paused') AND newsletter_id = ${newsletterId})))
      OR (d.issue_id = 0 AND d.subscriber_id = ${person} AND d.newsletter_id = ${newsletterId}))`.execute(db);
  return rows[0]!.n;
}
