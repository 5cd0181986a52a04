/**
 * Writes people into a newsletter, many at once: the one way in for `subscriber add` and imports. Nobody who left,
 * is suppressed or was erased is written; for them nothing changes at all.
 */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import { linkSuppressions } from '../../consent/suppressions.ts';
import type { Db, Trx } from '../../db/connection.ts';
import { PLAN_LOCK } from '../../ledger/unsubscribe-guard.ts';
import type { Person } from './person.ts';
import { storeHistories } from './store-histories.ts';
import { lockIdentities, suppressionsFor } from './store-suppressions.ts';

export type Stored = 'added' | 'updated' | 'unchanged' | 'keptOut';

export interface Entry {
  newsletterId: number;
  /** Where these people said yes, for their consent records. Null: they have not, and are pending. */
  confirmedBy: string | null;
  /** Writes nothing, and answers as if it did. */
  dryRun?: boolean;
}

/** `people` hold no identity twice. Answers in their order; all or none of them are written. */
export async function storePeople(
  db: Db,
  keys: Keys,
  entry: Entry,
  people: readonly Person[],
): Promise<Stored[]> {
  const stored = await alone(db, entry.dryRun ?? false, async (trx) => {
    await lockIdentities(
      trx,
      people.filter(({ history }) => (history?.suppressions.length ?? 0) > 0),
    );
    const outcomes = await store(trx, keys, entry, people);
    await storeHistories(trx, keys, entry.newsletterId, people.filter(isNew(outcomes)));
    return outcomes;
  });
  return people.map(({ identity }) => stored.get(identity) ?? 'keptOut');
}

const isNew = (outcomes: ReadonlyMap<string, Stored>) => (person: Person) =>
  person.history !== null && outcomes.get(person.identity) === 'added';

/**
 * One transaction that no page of a plan runs beside: whoever leaves this moment has left before we look, or finds
 * what we wrote. A dry run is rolled back.
 */
export async function alone<T>(db: Db, dryRun: boolean, act: (trx: Trx) => Promise<T>): Promise<T> {
  const undone: { result: T | undefined } = { result: undefined };
  try {
    return await db.transaction().execute(async (trx) => {
      await sql`SELECT pg_advisory_xact_lock(${PLAN_LOCK})`.execute(trx);
      const result = await act(trx);
      if (!dryRun) return result;
      undone.result = result;
      throw undone;
    });
  } catch (error) {
    if (error === undone) return undone.result as T;
    throw error;
  }
}

/** By identity; whoever is missing was kept out. */
async function store(
  trx: Trx,
  keys: Keys,
  entry: Entry,
  people: readonly Person[],
): Promise<Map<string, Stored>> {
  const known = await whoIsKnown(trx, entry, people);
  const suppressed = await unlinkedSuppressions(trx, keys, entry, people);
  const welcome = people.filter(
    ({ identity }) => !known.get(identity)?.keptOut && !suppressed.here.has(identity),
  );
  const strangers = welcome.filter(({ identity }) => !known.has(identity));
  const made = await writeStrangers(trx, entry, strangers);
  const stored = await writeKnown(
    trx,
    entry,
    welcome.filter(({ identity }) => known.has(identity)),
  );
  for (const identity of made) stored.set(identity, 'added');
  for (const identity of suppressed.elsewhere) await link(trx, keys, identity);
  // Somebody who used the form this moment is no stranger any more, and is seen by now.
  const late = strangers.filter(({ identity }) => !made.has(identity));
  if (late.length > 0)
    for (const [identity, how] of await store(trx, keys, entry, late)) stored.set(identity, how);
  return stored;
}

/** Kept out: who left this newsletter (also when they asked again and have not confirmed) or is suppressed. */
async function whoIsKnown(
  trx: Trx,
  entry: Entry,
  people: readonly Person[],
): Promise<Map<string, { keptOut: boolean }>> {
  const { rows } = await sql<{ identity: string; keptOut: boolean }>`
    SELECT p.identity, EXISTS (
      SELECT 1 FROM subscriptions s WHERE s.newsletter_id = ${entry.newsletterId} AND s.subscriber_id = p.id
        AND s.state <> 'confirmed' AND s.unsubscribed_at IS NOT NULL
    ) OR EXISTS (
      SELECT 1 FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL
        AND (x.newsletter_id IS NULL OR x.newsletter_id = ${entry.newsletterId})
        AND (x.until IS NULL OR x.until > now())
    ) AS "keptOut"
    FROM subscribers p WHERE p.identity = ANY(${people.map((p) => p.identity)}::text[])`.execute(trx);
  return new Map(rows.map((row) => [row.identity, row]));
}

/** Identities. */
interface Unlinked {
  here: Set<string>;
  /** Suppressed for another newsletter only: to be tied to the row that is about to be made. */
  elsewhere: Set<string>;
  /** Among those of `here`: nothing that names them may be written. */
  erased: Set<string>;
}

/** Suppressions that no subscriber row stands for (erased, or suppressed before they came) are found by hash. */
export async function unlinkedSuppressions(
  trx: Trx,
  keys: Keys,
  entry: Pick<Entry, 'newsletterId'>,
  people: readonly { identity: string }[],
): Promise<Unlinked> {
  const found: Unlinked = { here: new Set(), elsewhere: new Set(), erased: new Set() };
  const { rows: unlinked } =
    await sql`SELECT FROM suppressions WHERE lifted_at IS NULL AND subscriber_id IS NULL LIMIT 1`.execute(
      trx,
    );
  if (unlinked.length === 0) return found;
  const byHash = new Map(
    people.flatMap(({ identity }) =>
      keys.hashes(identity).map(({ hash }) => [hash.toString('hex'), identity]),
    ),
  );
  const { rows } = await sql<{ hash: string; identity: string | null; here: boolean; reason: string }>`
    SELECT encode(identity_hash, 'hex') AS hash, identity, reason,
      (newsletter_id IS NULL OR newsletter_id = ${entry.newsletterId}) AND (until IS NULL OR until > now()) AS here
    FROM suppressions WHERE subscriber_id IS NULL AND id = ANY(ARRAY(${suppressionsFor(
      [...byHash.keys()],
      people.map((one) => one.identity),
    )}))`.execute(trx);
  for (const { hash, identity: plain, here, reason } of rows) {
    // By the plain identity too, where the suppression keeps it: its hash may be by a secret that is gone.
    const identity = byHash.get(hash) ?? plain ?? '';
    (here ? found.here : found.elsewhere).add(identity);
    if (reason === 'erased') found.erased.add(identity);
  }
  return found;
}

export async function link(trx: Trx, keys: Keys, identity: string): Promise<void> {
  const row = await trx
    .selectFrom('subscribers')
    .select('id')
    .where('identity', '=', identity)
    .executeTakeFirst();
  if (row) await linkSuppressions(trx, keys, identity, row.id);
}

/** `r(identity, email, name, language, timezone, attributes)`, one row a person. */
export const rowsOf = (people: readonly Person[]) => sql`unnest(${people.map((p) => p.identity)}::text[],
  ${people.map((p) => p.email)}::text[], ${people.map((p) => p.name)}::text[],
  ${people.map((p) => p.language)}::text[], ${people.map((p) => p.timezone)}::text[],
  ${people.map((p) => JSON.stringify(p.attributes))}::jsonb[]
) AS r(identity, email, name, language, timezone, attributes)`;

const stateOf = (entry: Entry) => (entry.confirmedBy === null ? 'pending' : 'confirmed');

/** The way of nearly all rows of a first import, so it is one statement. Identities of those it made. */
async function writeStrangers(trx: Trx, entry: Entry, people: readonly Person[]): Promise<Set<string>> {
  if (people.length === 0) return new Set();
  const state = stateOf(entry);
  const { rows } = await sql<{ identities: string[] | null }>`
    WITH made AS (
      INSERT INTO subscribers (identity, email, name, language, timezone, attributes) SELECT r.* FROM ${rowsOf(people)}
      ON CONFLICT (identity) DO NOTHING RETURNING id, identity
    ), subscribed AS (
      INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${entry.newsletterId}, id, ${state}, CASE WHEN ${state} = 'confirmed' THEN clock_timestamp() END FROM made
    ), proof AS (
      INSERT INTO consent_records (subscriber_id, newsletter_id, step, source)
      SELECT id, ${entry.newsletterId}, 'imported', ${entry.confirmedBy ?? ''} FROM made WHERE ${state} = 'confirmed'
    )
    SELECT array_agg(identity) AS identities FROM made`.execute(trx);
  return new Set(rows[0]?.identities);
}

/** What a file does not say of a person stays. A newly confirmed subscription gets its proof in the same statement. */
async function writeKnown(trx: Trx, entry: Entry, people: readonly Person[]): Promise<Map<string, Stored>> {
  const stored = new Map<string, Stored>(people.map(({ identity }) => [identity, 'unchanged']));
  if (people.length === 0) return stored;
  for (const identity of await updateSubscribers(trx, people)) stored.set(identity, 'updated');
  const state = stateOf(entry);
  const { rows } = await sql<{ identity: string; fresh: boolean }>`
    WITH people AS (
      SELECT id, identity FROM subscribers WHERE identity = ANY(${people.map((p) => p.identity)}::text[])
    ), written AS (
      INSERT INTO subscriptions AS s (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${entry.newsletterId}, id, ${state}, CASE WHEN ${state} = 'confirmed' THEN clock_timestamp() END FROM people
      ON CONFLICT (newsletter_id, subscriber_id) DO UPDATE SET state = 'confirmed', confirmed_at = excluded.confirmed_at
      WHERE s.state = 'pending' AND s.unsubscribed_at IS NULL AND excluded.state = 'confirmed'
      RETURNING s.subscriber_id, s.state, xmax = 0 AS fresh
    ), proof AS (
      INSERT INTO consent_records (subscriber_id, newsletter_id, step, source)
      SELECT subscriber_id, ${entry.newsletterId}, 'imported', ${entry.confirmedBy ?? ''} FROM written
      WHERE state = 'confirmed'
    )
    SELECT identity, fresh FROM written JOIN people ON people.id = written.subscriber_id`.execute(trx);
  for (const { identity, fresh } of rows) stored.set(identity, fresh ? 'added' : 'updated');
  return stored;
}

/** Identities of those that had something new said of them. */
async function updateSubscribers(trx: Trx, people: readonly Person[]): Promise<string[]> {
  const { rows } = await sql<{ identity: string }>`
    UPDATE subscribers p SET name = coalesce(r.name, p.name), language = coalesce(r.language, p.language),
      timezone = coalesce(r.timezone, p.timezone), attributes = p.attributes || r.attributes
    FROM ${rowsOf(people)}
    WHERE p.identity = r.identity AND (p.name, p.language, p.timezone, p.attributes) IS DISTINCT FROM
      (coalesce(r.name, p.name), coalesce(r.language, p.language), coalesce(r.timezone, p.timezone),
        p.attributes || r.attributes)
    RETURNING p.identity`.execute(trx);
  return rows.map(({ identity }) => identity);
}
