/**
 * Writes many people into a newsletter at once, for `subscriber add` and for imports. Nothing changes for people who
 * unsubscribed, are suppressed, or were erased: they are kept out.
 */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import type { Db, Trx } from '../../db/connection.ts';
import type { Person } from '../person/person.ts';
import { AttributeTypes } from '../segments/attributes.ts';
import { addTags, setFrequencies } from './choices.ts';
import type { StoreOptions, StoreResult } from './context.ts';
import { storeHistories } from './histories.ts';
import { insertNewcomers, updateKnown } from './people-rows.ts';
import { lockIdentities } from './suppressions.ts';
import { withPlanLock } from './transaction.ts';
import { findUnlinkedSuppressions, linkOlderSuppressions } from './unlinked-suppressions.ts';

/** No two of `people` may have the same identity. Writes all of them or none, and returns results in their order. */
export async function storePeople(
  db: Db,
  keys: Keys,
  options: StoreOptions,
  people: readonly Person[],
): Promise<StoreResult[]> {
  return withPlanLock(db, options.dryRun ?? false, async (trx) => {
    await lockIdentities(
      trx,
      people.filter(({ history }) => (history?.suppressions.length ?? 0) > 0),
    );
    const stored = await store(trx, keys, options, people);
    await storeHistories(trx, keys, options.newsletterId, people.filter(isNew(stored)));
    await setFrequencies(trx, options.newsletterId, people.filter(isNew(stored)));
    await writeTags(trx, options, people, stored);
    await writeTypes(trx, options, people);
    const results = people.map(({ identity }) => stored.get(identity) ?? KEPT_OUT);
    await options.record?.(trx, results);
    return results;
  });
}

async function writeTags(
  trx: Trx,
  { newsletterId }: StoreOptions,
  people: readonly Person[],
  results: Results,
): Promise<void> {
  const accepted = people.filter(({ identity }) => results.get(identity)?.outcome !== 'keptOut');
  for (const identity of await addTags(trx, newsletterId, accepted))
    if (results.get(identity)?.outcome === 'unchanged')
      results.set(identity, { outcome: 'updated', why: null });
}

const KEPT_OUT: StoreResult = { outcome: 'keptOut', why: null };
type Results = Map<string, StoreResult>;

async function writeTypes(
  trx: Trx,
  { newsletterId, types }: StoreOptions,
  people: readonly Person[],
): Promise<void> {
  if (types) return types.write(trx);
  const own = new AttributeTypes(newsletterId);
  for (const { attributes } of people) own.add(attributes);
  await own.write(trx);
}

const isNew = (stored: Results) => (person: Person) =>
  person.history !== null && stored.get(person.identity)?.outcome === 'added';

/** Results by identity. */
async function store(
  trx: Trx,
  keys: Keys,
  options: StoreOptions,
  people: readonly Person[],
): Promise<Results> {
  const results: Results = new Map();
  const suppressed = await findUnlinkedSuppressions(trx, keys, options.newsletterId, people);
  for (const [identity, why] of suppressed.here) results.set(identity, { outcome: 'keptOut', why });
  const accepted = people.filter(({ identity }) => !results.has(identity));
  for (const { identity } of accepted) results.set(identity, ADDED);
  const known = await insertNewcomers(trx, options, accepted);
  await storeKnown(trx, options, known, results);
  for (const identity of suppressed.elsewhere) await linkOlderSuppressions(trx, keys, identity);
  return results;
}

const ADDED: StoreResult = { outcome: 'added', why: null };

async function storeKnown(
  trx: Trx,
  options: StoreOptions,
  people: readonly Person[],
  results: Results,
): Promise<void> {
  if (people.length === 0) return;
  const known = await findKnown(trx, options, people);
  for (const [identity, why] of known) if (why !== null) results.set(identity, { outcome: 'keptOut', why });
  const accepted = people.filter(({ identity }) => known.get(identity) === null);
  for (const [identity, outcome] of await updateKnown(trx, options, accepted))
    results.set(identity, { outcome, why: null });
}

/**
 * Why each known person is kept out: they unsubscribed, even if they are pending again since, or are suppressed. Null:
 * they are not.
 */
async function findKnown(
  trx: Trx,
  options: StoreOptions,
  people: readonly Person[],
): Promise<Map<string, string | null>> {
  const { rows } = await sql<{ identity: string; why: string | null }>`
    SELECT p.identity, CASE WHEN EXISTS (
      SELECT 1 FROM subscriptions s WHERE s.newsletter_id = ${options.newsletterId} AND s.subscriber_id = p.id
        AND s.state <> 'confirmed' AND s.unsubscribed_at IS NOT NULL
    ) THEN 'unsubscribed here' ELSE (
      SELECT 'suppressed: ' || x.reason FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL
        AND (x.newsletter_id IS NULL OR x.newsletter_id = ${options.newsletterId})
        AND (x.until IS NULL OR x.until > now()) ORDER BY x.id LIMIT 1
    ) END AS why
    FROM subscribers p WHERE p.identity = ANY(${people.map((p) => p.identity)}::text[])`.execute(trx);
  return new Map(rows.map(({ identity, why }) => [identity, why]));
}
