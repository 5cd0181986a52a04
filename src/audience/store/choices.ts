/** Writes what a file says about people beside their state: tags, and how often they want the newsletter. */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';
import { MAX_TAGS } from '../fields/tags.ts';
import type { Person } from '../person/person.ts';

/** Tags are added to those that are known. Returns the identities of those whose tags changed. */
export async function addTags(trx: Trx, newsletterId: number, people: readonly Person[]): Promise<string[]> {
  const tagged = people.filter(({ tags }) => tags.length > 0);
  if (tagged.length === 0) return [];
  const all = sql`ARRAY(SELECT DISTINCT t FROM unnest(s.tags || string_to_array(r.tags, ',')) AS t ORDER BY t)`;
  const { rows } = await sql<{ identity: string }>`UPDATE subscriptions s SET tags = ${all}
    FROM unnest(${tagged.map(({ identity }) => identity)}::text[], ${tagged.map(({ tags }) => tags.join(','))}::text[])
      AS r(identity, tags) JOIN subscribers p ON p.identity = r.identity
    WHERE s.newsletter_id = ${newsletterId} AND s.subscriber_id = p.id
      AND NOT s.tags @> string_to_array(r.tags, ',') AND cardinality(${all}) <= ${MAX_TAGS}
    RETURNING p.identity`.execute(trx);
  return rows.map(({ identity }) => identity);
}

/** For new people, as our own export states it. */
export async function setFrequencies(
  trx: Trx,
  newsletterId: number,
  people: readonly Person[],
): Promise<void> {
  const chosen = people.flatMap(({ identity, history }) =>
    history && (history.frequency !== null || history.pausedUntil !== null) ? [{ identity, ...history }] : [],
  );
  const unusual = chosen.filter((one) => one.frequency !== 'each' || one.pausedUntil !== null);
  if (unusual.length === 0) return;
  await sql`UPDATE subscriptions s SET frequency = coalesce(r.frequency, s.frequency), paused_until = r.until
    FROM unnest(${unusual.map((one) => one.identity)}::text[], ${unusual.map((one) => one.frequency)}::text[],
      ${unusual.map((one) => one.pausedUntil)}::timestamptz[]) AS r(identity, frequency, until)
    JOIN subscribers p ON p.identity = r.identity
    WHERE s.newsletter_id = ${newsletterId} AND s.subscriber_id = p.id`.execute(trx);
}
