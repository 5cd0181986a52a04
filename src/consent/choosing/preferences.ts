/**
 * What a reader has chosen, as their preferences page shows it. Issues get forwarded, and whoever has one can open the
 * page: so it shows no more of the address than its owner needs to recognise it.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import type { Frequency, SubscriptionState } from '../../db/schema.ts';
import { lockPerson } from '../person.ts';
import type { LinkRef } from '../tokens.ts';

export interface ChosenNewsletter {
  id: number;
  name: string;
  /** Null: never subscribed. */
  state: SubscriptionState | null;
  frequency: Frequency;
  /** The day on which a pause ends, `YYYY-MM-DD` where the reader lives; null: not paused. */
  pausedUntil: string | null;
}

export interface Profile {
  name: string | null;
  language: string | null;
  timezone: string | null;
}

export interface Preferences extends Profile {
  subscriberId: number;
  /** `a…@example.org` */
  maskedEmail: string;
  /** Those that they get, and those that are open to everybody. */
  newsletters: ChosenNewsletter[];
}

/** Null when the link names nobody here. */
export async function readPreferences(db: Db, ref: LinkRef): Promise<Preferences | null> {
  const person = await db
    .selectFrom('subscribers')
    .select(['id', 'email', 'name', 'language', 'timezone'])
    .where('id', '=', ref.subscriber)
    .where('link_key', '=', ref.linkKey)
    .executeTakeFirst();
  if (!person) return null;
  const { rows } = await sql<ChosenNewsletter>`
    SELECT n.id, n.name, s.state, coalesce(s.frequency, 'each') AS frequency,
      CASE WHEN s.paused_until > now()
        THEN to_char(s.paused_until AT TIME ZONE coalesce(${person.timezone}, n.timezone), 'YYYY-MM-DD') END AS "pausedUntil"
    FROM newsletters n LEFT JOIN subscriptions s ON s.newsletter_id = n.id AND s.subscriber_id = ${person.id}
    WHERE n.signup = 'open' OR s.state = 'confirmed'
    ORDER BY n.id <> ${ref.newsletter}, n.name`.execute(db);
  const { id, email, ...profile } = person;
  return { subscriberId: id, maskedEmail: masked(email), ...profile, newsletters: rows };
}

/** False when the link names nobody here. */
export async function saveProfile(trx: Trx, ref: LinkRef, profile: Profile): Promise<boolean> {
  const person = await lockPerson(trx, { id: ref.subscriber });
  if (person?.linkKey !== ref.linkKey) return false;
  await trx.updateTable('subscribers').set(profile).where('id', '=', person.id).execute();
  return true;
}

/** When the pause until that day ends: as the day begins where the reader lives. Null for no day, or one that is over. */
export async function endOfPause(
  db: Db,
  newsletterId: number,
  subscriberId: number,
  day: string,
): Promise<Date | null> {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))) return null;
  const { rows } = await sql<{ until: Date }>`
    SELECT least(${day}::date::timestamp AT TIME ZONE coalesce(p.timezone, n.timezone), now() + interval '${sql.raw(MAX_PAUSE)}') AS until
    FROM subscribers p, newsletters n WHERE p.id = ${subscriberId} AND n.id = ${newsletterId}`.execute(db);
  const until = rows[0]?.until;
  return until && until > new Date() ? until : null;
}

const MAX_PAUSE = '2 years';

const masked = (email: string): string => `${[...email][0]}…${email.slice(email.lastIndexOf('@'))}`;
