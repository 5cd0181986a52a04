/**
 * Writes many people into a newsletter at once, for `subscriber add` and for imports. Nothing changes for people who
 * unsubscribed, are suppressed, or were erased: they are kept out.
 */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import type { Db, Trx } from '../../db/connection.ts';
import type { Person } from '../person/person.ts';
import { AttributeTypes } from '../segments/attributes.ts';
import type { StoreOptions, StoreOutcome } from './context.ts';
import { storeHistories } from './histories.ts';
import { insertNewcomers, updateKnown } from './people-rows.ts';
import { lockIdentities } from './suppressions.ts';
import { withPlanLock } from './transaction.ts';
import { findUnlinkedSuppressions, linkOlderSuppressions } from './unlinked-suppressions.ts';

/** No two of `people` may have the same identity. Writes all of them or none, and returns outcomes in their order. */
export async function storePeople(
  db: Db,
  keys: Keys,
  options: StoreOptions,
  people: readonly Person[],
): Promise<StoreOutcome[]> {
  const stored = await withPlanLock(db, options.dryRun ?? false, async (trx) => {
    await lockIdentities(
      trx,
      people.filter(({ history }) => (history?.suppressions.length ?? 0) > 0),
    );
    const outcomes = await store(trx, keys, options, people);
    await writeTypes(trx, options, people, outcomes);
    await storeHistories(trx, keys, options.newsletterId, people.filter(isNew(outcomes)));
    return outcomes;
  });
  return people.map(({ identity }) => stored.get(identity) ?? 'keptOut');
}

async function writeTypes(
  trx: Trx,
  { newsletterId, types = new AttributeTypes(newsletterId) }: StoreOptions,
  people: readonly Person[],
  outcomes: ReadonlyMap<string, StoreOutcome>,
): Promise<void> {
  for (const { identity, attributes } of people) if (outcomes.has(identity)) types.add(attributes);
  await types.write(trx);
}

const isNew = (outcomes: ReadonlyMap<string, StoreOutcome>) => (person: Person) =>
  person.history !== null && outcomes.get(person.identity) === 'added';

/** Outcomes by identity, without those who were kept out. */
async function store(
  trx: Trx,
  keys: Keys,
  options: StoreOptions,
  people: readonly Person[],
): Promise<Map<string, StoreOutcome>> {
  const known = await findKnown(trx, options, people);
  const suppressed = await findUnlinkedSuppressions(trx, keys, options.newsletterId, people);
  const accepted = people.filter(
    ({ identity }) => !known.get(identity)?.keptOut && !suppressed.here.has(identity),
  );
  const newcomers = accepted.filter(({ identity }) => !known.has(identity));
  const inserted = await insertNewcomers(trx, options, newcomers);
  const stored = await updateKnown(
    trx,
    options,
    accepted.filter(({ identity }) => known.has(identity)),
  );
  for (const identity of inserted) stored.set(identity, 'added');
  for (const identity of suppressed.elsewhere) await linkOlderSuppressions(trx, keys, identity);
  // People who used the form at this very moment are in the database by now, so look them up again.
  const late = newcomers.filter(({ identity }) => !inserted.has(identity));
  if (late.length > 0)
    for (const [identity, outcome] of await store(trx, keys, options, late)) stored.set(identity, outcome);
  return stored;
}

/** Kept out: people who unsubscribed, even if they are pending again since, and people who are suppressed. */
async function findKnown(
  trx: Trx,
  options: StoreOptions,
  people: readonly Person[],
): Promise<Map<string, { keptOut: boolean }>> {
  const { rows } = await sql<{ identity: string; keptOut: boolean }>`
    SELECT p.identity, EXISTS (
      SELECT 1 FROM subscriptions s WHERE s.newsletter_id = ${options.newsletterId} AND s.subscriber_id = p.id
        AND s.state <> 'confirmed' AND s.unsubscribed_at IS NOT NULL
    ) OR EXISTS (
      SELECT 1 FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL
        AND (x.newsletter_id IS NULL OR x.newsletter_id = ${options.newsletterId})
        AND (x.until IS NULL OR x.until > now())
    ) AS "keptOut"
    FROM subscribers p WHERE p.identity = ANY(${people.map((p) => p.identity)}::text[])`.execute(trx);
  return new Map(rows.map((row) => [row.identity, row]));
}
