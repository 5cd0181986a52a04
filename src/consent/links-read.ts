/**
 * From a link back to its person. Looked up by id and link key together, so no link acts on anyone but its own, in
 * whatever database it is opened.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { SubscriptionState } from '../db/schema.ts';
import type { ConfirmRef, LeaveRef, LinkRef } from './tokens.ts';

/** How the person of a link stands with its newsletter. `gone`: erased, or never subscribed to it. Null: nobody here. */
export type LinkState = SubscriptionState | 'gone' | null;

export async function stateOfLeaveLink(db: Db, ref: LeaveRef): Promise<LinkState> {
  const { newsletter, subscriber, linkKey } = ref;
  const { rows } = await sql<{ person: number | null; state: SubscriptionState | null }>`
    SELECT who.person, s.state FROM (SELECT subscriber_of_link(${subscriber}, ${linkKey}) AS person) who
    LEFT JOIN subscriptions s ON s.newsletter_id = ${newsletter} AND s.subscriber_id = who.person`.execute(
    db,
  );
  const { person: found, state } = rows[0]!;
  return found === null ? null : (state ?? 'gone');
}

export interface Standing {
  state: SubscriptionState;
  leftBy: string | null;
  requestKey: number | null;
}

/** The subscription that a link of a confirmation mail is about; null when it names nobody here. */
export async function standingOfLink(db: Db, ref: LinkRef): Promise<Standing | null> {
  const { rows } = await sql<Standing>`
    SELECT s.state, s.left_by AS "leftBy", s.request_key AS "requestKey"
    FROM subscribers p JOIN subscriptions s ON s.subscriber_id = p.id AND s.newsletter_id = ${ref.newsletter}
    WHERE p.id = ${ref.subscriber} AND p.link_key = ${ref.linkKey}`.execute(db);
  return rows[0] ?? null;
}

/** What a confirmation link can do now: `spent` for one from before somebody left, or was replaced by a new ask. */
export async function useOfConfirmLink(db: Db, ref: ConfirmRef): Promise<'confirm' | 'confirmed' | 'spent'> {
  const standing = await standingOfLink(db, ref);
  if (standing?.requestKey !== ref.requestKey || standing.state === 'unsubscribed') return 'spent';
  return standing.state === 'confirmed' ? 'confirmed' : 'confirm';
}
