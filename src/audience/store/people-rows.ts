/** Writes the rows of people: subscribers, their subscriptions, and the proof of consent. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import type { Person } from '../person/person.ts';
import type { StoreOptions, StoreOutcome } from './context.ts';

/** `r(identity, email, name, language, timezone, attributes)`, one row per person. */
export const peopleRows = (people: readonly Person[]) =>
  sql`unnest(${personColumns(people)}) AS r(identity, email, name, language, timezone, attributes)`;

const personColumns = (people: readonly Person[]) => sql`${people.map((p) => p.identity)}::text[],
  ${people.map((p) => p.email)}::text[], ${people.map((p) => p.name)}::text[],
  ${people.map((p) => p.language)}::text[], ${people.map((p) => p.timezone)}::text[],
  ${people.map((p) => JSON.stringify(p.attributes))}::jsonb[]`;

/** As the function new_link_key() makes them, 48 random bits each, which takes the database much longer. */
function linkKeys(count: number): number[] {
  const bytes = randomBytes(6 * count);
  return Array.from({ length: count }, (_, at) => bytes.readUIntBE(6 * at, 6));
}

const stateOf = (options: StoreOptions) => (options.confirmedBy === null ? 'pending' : 'confirmed');

/**
 * One statement, since nearly all rows of a first import are newcomers, and without looking them up before. Returns the
 * people whom the database knows already.
 */
export async function insertNewcomers(
  trx: Trx,
  options: StoreOptions,
  people: readonly Person[],
): Promise<readonly Person[]> {
  if (people.length === 0) return [];
  const state = stateOf(options);
  const { rows } = await sql<{ identities: string[] | null }>`
    WITH made AS (
      INSERT INTO subscribers (identity, email, name, language, timezone, attributes, link_key)
      SELECT r.* FROM unnest(${personColumns(people)}, ${linkKeys(people.length)}::bigint[]) AS r
      ON CONFLICT (identity) DO NOTHING RETURNING id, identity
    ), subscribed AS (
      INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${options.newsletterId}, id, ${state}, CASE WHEN ${state} = 'confirmed' THEN clock_timestamp() END FROM made
    ), proof AS (
      INSERT INTO consent_records (subscriber_id, newsletter_id, step, source)
      SELECT id, ${options.newsletterId}, 'imported', ${options.confirmedBy ?? ''} FROM made WHERE ${state} = 'confirmed'
    )
    SELECT CASE WHEN count(*) < ${people.length} THEN coalesce(array_agg(identity), '{}') END AS identities FROM made`.execute(
    trx,
  );
  const identities = rows[0]?.identities;
  if (!identities) return [];
  const inserted = new Set(identities);
  return people.filter(({ identity }) => !inserted.has(identity));
}

/** Keeps what a file does not mention. A newly confirmed subscription gets its proof in the same statement. */
export async function updateKnown(
  trx: Trx,
  options: StoreOptions,
  people: readonly Person[],
): Promise<Map<string, StoreOutcome>> {
  const stored = new Map<string, StoreOutcome>(people.map(({ identity }) => [identity, 'unchanged']));
  if (people.length === 0) return stored;
  for (const identity of await updateSubscribers(trx, people)) stored.set(identity, 'updated');
  const state = stateOf(options);
  const { rows } = await sql<{ identity: string; fresh: boolean }>`
    WITH people AS (
      SELECT id, identity FROM subscribers WHERE identity = ANY(${people.map((p) => p.identity)}::text[])
    ), written AS (
      INSERT INTO subscriptions AS s (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${options.newsletterId}, id, ${state}, CASE WHEN ${state} = 'confirmed' THEN clock_timestamp() END FROM people
      ON CONFLICT (newsletter_id, subscriber_id) DO UPDATE SET state = 'confirmed', confirmed_at = excluded.confirmed_at
      WHERE s.state = 'pending' AND s.unsubscribed_at IS NULL AND excluded.state = 'confirmed'
      RETURNING s.subscriber_id, s.state, xmax = 0 AS fresh
    ), proof AS (
      INSERT INTO consent_records (subscriber_id, newsletter_id, step, source)
      SELECT subscriber_id, ${options.newsletterId}, 'imported', ${options.confirmedBy ?? ''} FROM written
      WHERE state = 'confirmed'
    )
    SELECT identity, fresh FROM written JOIN people ON people.id = written.subscriber_id`.execute(trx);
  for (const { identity, fresh } of rows) stored.set(identity, fresh ? 'added' : 'updated');
  return stored;
}

/** Returns the identities of those whose row changed. */
async function updateSubscribers(trx: Trx, people: readonly Person[]): Promise<string[]> {
  const { rows } = await sql<{ identity: string }>`
    UPDATE subscribers p SET name = coalesce(r.name, p.name), language = coalesce(r.language, p.language),
      timezone = coalesce(r.timezone, p.timezone), attributes = p.attributes || r.attributes
    FROM ${peopleRows(people)}
    WHERE p.identity = r.identity AND (p.name, p.language, p.timezone, p.attributes) IS DISTINCT FROM
      (coalesce(r.name, p.name), coalesce(r.language, p.language), coalesce(r.timezone, p.timezone),
        p.attributes || r.attributes)
    RETURNING p.identity`.execute(trx);
  return rows.map(({ identity }) => identity);
}
