/**
 * Writes people into a newsletter, many at once: the one way in for `subscriber add` and imports. Nobody who left,
 * is suppressed or was erased is written; for them nothing changes at all.
 */
import { sql } from 'kysely';
import type { Keys } from '../consent/keys.ts';
import { linkSuppressions } from '../consent/suppressions.ts';
import type { Db, Trx } from '../db/connection.ts';
import { PLAN_LOCK } from '../ledger/leave.ts';
import type { Person } from './person.ts';

export type Stored = 'added' | 'updated' | 'unchanged' | 'keptOut';

export interface Entry {
  newsletterId: number;
  /** Where these people said yes, for their consent records. Null: they have not, and are pending. */
  confirmedBy: string | null;
}

/** `people` hold no identity twice. Answers in their order; all or none of them are written. */
export async function storePeople(
  db: Db,
  keys: Keys,
  entry: Entry,
  people: readonly Person[],
): Promise<Stored[]> {
  return db.transaction().execute(async (trx) => {
    // As a page of a plan does: whoever leaves this moment has left before we look, or finds what we wrote.
    await sql`SELECT pg_advisory_xact_lock(${PLAN_LOCK})`.execute(trx);
    const gone = await whoLeft(trx, entry, people);
    const suppressed = await unlinkedSuppressions(trx, keys, entry, people);
    const welcome = people.filter((_, at) => !gone.has(at) && !suppressed.here.has(at));
    const changed = await writeSubscribers(trx, welcome);
    const subscriptions = await writeSubscriptions(trx, entry, welcome);
    for (const at of suppressed.elsewhere) await link(trx, keys, people[at]);
    const stored = new Map(
      welcome.map((person, at) => [person, outcome(person, at, changed, subscriptions)]),
    );
    return people.map((person) => stored.get(person) ?? 'keptOut');
  });
}

function outcome(
  person: Person,
  at: number,
  changed: ReadonlySet<string>,
  subscriptions: { added: ReadonlySet<number>; confirmed: ReadonlySet<number> },
): Stored {
  if (subscriptions.added.has(at)) return 'added';
  return subscriptions.confirmed.has(at) || changed.has(person.identity) ? 'updated' : 'unchanged';
}

/** Places of those who left this newsletter (also when they asked again and have not confirmed) or are suppressed. */
async function whoLeft(trx: Trx, entry: Entry, people: readonly Person[]): Promise<Set<number>> {
  const { rows } = await sql<{ at: number }>`
    SELECT r.n::int - 1 AS at
    FROM unnest(${people.map((p) => p.identity)}::text[]) WITH ORDINALITY AS r(identity, n)
    JOIN subscribers p ON p.identity = r.identity
    WHERE EXISTS (
      SELECT 1 FROM subscriptions s WHERE s.newsletter_id = ${entry.newsletterId} AND s.subscriber_id = p.id
        AND s.state <> 'confirmed' AND s.unsubscribed_at IS NOT NULL
    ) OR EXISTS (
      SELECT 1 FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL
        AND (x.newsletter_id IS NULL OR x.newsletter_id = ${entry.newsletterId})
        AND (x.until IS NULL OR x.until > now())
    )`.execute(trx);
  return new Set(rows.map(({ at }) => at));
}

interface Unlinked {
  here: Set<number>;
  /** Suppressed for another newsletter only: to be tied to the row that is about to be made. */
  elsewhere: Set<number>;
}

/** Suppressions that no subscriber row stands for (erased, or suppressed before they came) are found by hash. */
async function unlinkedSuppressions(
  trx: Trx,
  keys: Keys,
  entry: Entry,
  people: readonly Person[],
): Promise<Unlinked> {
  const found: Unlinked = { here: new Set(), elsewhere: new Set() };
  const { rows: any } =
    await sql`SELECT FROM suppressions WHERE lifted_at IS NULL AND subscriber_id IS NULL LIMIT 1`.execute(
      trx,
    );
  if (any.length === 0) return found;
  const places = new Map(
    people.flatMap(({ identity }, at) => keys.hashes(identity).map(({ hash }) => [hash.toString('hex'), at])),
  );
  const { rows } = await sql<{ hash: string; here: boolean }>`
    SELECT encode(identity_hash, 'hex') AS hash,
      (newsletter_id IS NULL OR newsletter_id = ${entry.newsletterId}) AND (until IS NULL OR until > now()) AS here
    FROM suppressions
    WHERE lifted_at IS NULL AND subscriber_id IS NULL
      AND identity_hash = ANY(SELECT decode(h, 'hex') FROM unnest(${[...places.keys()]}::text[]) h)`.execute(
    trx,
  );
  for (const { hash, here } of rows) (here ? found.here : found.elsewhere).add(places.get(hash) ?? -1);
  return found;
}

async function link(trx: Trx, keys: Keys, person: Person | undefined): Promise<void> {
  if (!person) return;
  const row = await trx
    .selectFrom('subscribers')
    .select('id')
    .where('identity', '=', person.identity)
    .executeTakeFirst();
  if (row) await linkSuppressions(trx, keys, person.identity, row.id);
}

/** Makes the rows that are missing; what a file does not say of a person stays. Identities of those it changed. */
async function writeSubscribers(trx: Trx, people: readonly Person[]): Promise<Set<string>> {
  if (people.length === 0) return new Set();
  const { rows } = await sql<{ identity: string }>`
    WITH written AS (
      INSERT INTO subscribers AS p (identity, email, name, language, attributes)
      SELECT r.identity, r.email, r.name, r.language, r.attributes::jsonb
      FROM unnest(${people.map((p) => p.identity)}::text[], ${people.map((p) => p.email)}::text[],
        ${people.map((p) => p.name)}::text[], ${people.map((p) => p.language)}::text[],
        ${people.map((p) => JSON.stringify(p.attributes))}::text[]) AS r(identity, email, name, language, attributes)
      ON CONFLICT (identity) DO UPDATE SET name = coalesce(excluded.name, p.name),
        language = coalesce(excluded.language, p.language), attributes = p.attributes || excluded.attributes
      WHERE (p.name, p.language, p.attributes) IS DISTINCT FROM
        (coalesce(excluded.name, p.name), coalesce(excluded.language, p.language), p.attributes || excluded.attributes)
      RETURNING p.identity, xmax = 0 AS fresh
    )
    SELECT identity FROM written WHERE NOT fresh`.execute(trx);
  return new Set(rows.map(({ identity }) => identity));
}

/** Subscribes them, with the proof of each newly confirmed subscription in the same statement. */
async function writeSubscriptions(
  trx: Trx,
  entry: Entry,
  people: readonly Person[],
): Promise<{ added: Set<number>; confirmed: Set<number> }> {
  if (people.length === 0) return { added: new Set(), confirmed: new Set() };
  const state = entry.confirmedBy === null ? 'pending' : 'confirmed';
  const { rows } = await sql<{ added: number[] | null; confirmed: number[] | null }>`
    WITH people AS (
      SELECT p.id, r.n::int - 1 AS at
      FROM unnest(${people.map((p) => p.identity)}::text[]) WITH ORDINALITY AS r(identity, n)
      JOIN subscribers p ON p.identity = r.identity
    ), written AS (
      INSERT INTO subscriptions AS s (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${entry.newsletterId}, id, ${state}, CASE WHEN ${state} = 'confirmed' THEN clock_timestamp() END
      FROM people ORDER BY at
      ON CONFLICT (newsletter_id, subscriber_id) DO UPDATE SET state = 'confirmed', confirmed_at = excluded.confirmed_at
      WHERE s.state = 'pending' AND s.unsubscribed_at IS NULL AND excluded.state = 'confirmed'
      RETURNING s.subscriber_id, s.state, xmax = 0 AS fresh
    ), proof AS (
      INSERT INTO consent_records (subscriber_id, newsletter_id, step, source)
      SELECT subscriber_id, ${entry.newsletterId}, 'imported', ${entry.confirmedBy ?? ''} FROM written
      WHERE state = 'confirmed'
    )
    SELECT array_agg(at) FILTER (WHERE fresh) AS added, array_agg(at) FILTER (WHERE NOT fresh) AS confirmed
    FROM written JOIN people ON people.id = written.subscriber_id`.execute(trx);
  return { added: new Set(rows[0]?.added), confirmed: new Set(rows[0]?.confirmed) };
}
