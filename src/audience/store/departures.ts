/**
 * Writes people who left, complained or bounced according to a file. People who left are unsubscribed from this
 * newsletter, people who complained are unsubscribed and suppressed everywhere, and people who bounced are suppressed
 * everywhere. Their waiting deliveries in running sends are skipped.
 */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import type { Trx } from '../../db/connection.ts';
import type { DeliveryReason } from '../../ledger/moves/reasons.ts';
import type { Person } from '../person/person.ts';
import { addTags, setFrequencies } from './choices.ts';
import type { Recorder, StoreContext, StoreResult } from './context.ts';
import { suppressionsOf, writeConsent } from './histories.ts';
import { peopleRows } from './people-rows.ts';
import {
  type ImportedSuppression,
  lockIdentities,
  waitWhileAnyInFlight,
  writeSuppressions,
} from './suppressions.ts';
import { withPlanLock } from './transaction.ts';
import { findUnlinkedSuppressions, linkOlderSuppressions } from './unlinked-suppressions.ts';

export type DepartureOutcome = 'unsubscribed' | 'suppressed' | 'unchanged' | 'keptOut';

export interface Departure {
  person: Person;
  status: 'left' | 'bounced' | 'complained';
  /** Null: now. */
  at: Date | null;
  /** For the consent record and the suppression, e.g. `import: moved from X (UNSUB_TIME 2018-02-12)`. */
  source: string;
}

interface DepartureOptions {
  newsletterId: number;
  dryRun?: boolean;
  record?: Recorder<DepartureOutcome>;
}

/**
 * A few hundred `departures`, no two of the same identity. Returns results in their order, once nothing more goes out to
 * these people.
 */
export async function storeDepartures(
  { db, keys, clock }: StoreContext,
  options: DepartureOptions,
  departures: readonly Departure[],
): Promise<StoreResult<DepartureOutcome>[]> {
  const done = await withPlanLock(db, options.dryRun ?? false, async (trx) => {
    const { outcomes, inFlight } = await store(trx, keys, options, departures);
    const results = departures.map(({ person }): StoreResult<DepartureOutcome> => {
      const outcome = outcomes.get(person.identity);
      return outcome ? { outcome, why: null } : { outcome: 'keptOut', why: 'erased' };
    });
    await options.record?.(trx, results);
    return { results, inFlight };
  });
  if (!options.dryRun)
    for (const [reason, ids] of done.inFlight)
      await waitWhileAnyInFlight(
        db,
        clock,
        ids,
        reason === 'unsubscribed' ? options.newsletterId : null,
        reason,
      );
  return done.results;
}

interface Stored {
  /** Keyed by identity, without people who were erased: they are not inserted again. */
  outcomes: Map<string, DepartureOutcome>;
  /** Subscribers with a mail on the wire, keyed by reason. */
  inFlight: Map<DeliveryReason, number[]>;
}

async function store(
  trx: Trx,
  keys: Keys,
  { newsletterId }: DepartureOptions,
  departures: readonly Departure[],
): Promise<Stored> {
  const people = departures.map(({ person }) => person);
  await lockIdentities(trx, people);
  const unlinked = await findUnlinkedSuppressions(trx, keys, newsletterId, people);
  const known = departures.filter(({ person }) => !unlinked.erased.has(person.identity));
  const leaving = known.filter(({ status }) => status !== 'bounced');
  await insertSubscribers(trx, leaving);
  for (const { person } of leaving)
    if (unlinked.here.has(person.identity) || unlinked.elsewhere.has(person.identity))
      await linkOlderSuppressions(trx, keys, person.identity);
  const left = await unsubscribeAll(trx, newsletterId, leaving);
  const suppressed = await writeSuppressions(
    trx,
    keys,
    known.flatMap((one) => suppressions(newsletterId, one)),
  );
  return {
    outcomes: new Map(
      known.map(({ person: { identity }, status }) => [
        identity,
        outcomeOf(status, left.changed.has(identity), suppressed.added.has(identity)),
      ]),
    ),
    inFlight: new Map<DeliveryReason, number[]>([
      ['unsubscribed', left.inFlight],
      ['suppressed', suppressed.inFlight],
    ]),
  };
}

function outcomeOf(meaning: Departure['status'], left: boolean, suppressed: boolean): DepartureOutcome {
  if (meaning === 'left') return left ? 'unsubscribed' : 'unchanged';
  return left || suppressed ? 'suppressed' : 'unchanged';
}

function suppressions(
  newsletterId: number,
  { person, status, at, source }: Departure,
): ImportedSuppression[] {
  const fromHistory = person.history
    ? suppressionsOf(newsletterId, { identity: person.identity, history: person.history })
    : [];
  if (status === 'left') return fromHistory;
  const reason = status === 'bounced' ? 'bounce' : 'complaint';
  const { identity } = person;
  return [...fromHistory, { identity, newsletterId: null, reason, source, since: at, until: null }];
}

async function insertSubscribers(trx: Trx, leaving: readonly Departure[]): Promise<void> {
  if (leaving.length === 0) return;
  await sql`INSERT INTO subscribers (identity, email, name, language, timezone, attributes)
    SELECT r.* FROM ${peopleRows(leaving.map(({ person }) => person))} ON CONFLICT (identity) DO NOTHING`.execute(
    trx,
  );
}

/** People who were unsubscribed before stay as they are. */
async function unsubscribeAll(
  trx: Trx,
  newsletterId: number,
  leaving: readonly Departure[],
): Promise<{ changed: Set<string>; inFlight: number[] }> {
  if (leaving.length === 0) return { changed: new Set(), inFlight: [] };
  const column = <T>(read: (one: Departure) => T) => leaving.map(read);
  const { rows } = await sql<{ id: number; identity: string; fresh: boolean }>`
    WITH people AS (
      SELECT p.id, p.identity, least(r.at, clock_timestamp()) AS at, r.confirmed_at, r.left_by, r.source
      FROM unnest(${column(({ person }) => person.identity)}::text[], ${column(({ at }) => at)}::timestamptz[],
        ${column(({ person }) => person.history?.confirmedAt ?? null)}::timestamptz[], ${column(leftBy)}::text[],
        ${column(({ source }) => source)}::text[]) AS r(identity, at, confirmed_at, left_by, source)
      JOIN subscribers p ON p.identity = r.identity
    ), written AS (
      INSERT INTO subscriptions AS s (newsletter_id, subscriber_id, state, confirmed_at, unsubscribed_at, left_by)
      SELECT ${newsletterId}, id, 'unsubscribed', confirmed_at, at, left_by FROM people
      ON CONFLICT (newsletter_id, subscriber_id) DO UPDATE
        SET state = 'unsubscribed', unsubscribed_at = excluded.unsubscribed_at, left_by = excluded.left_by
      WHERE s.state <> 'unsubscribed'
      RETURNING s.subscriber_id, xmax = 0 AS fresh
    ), proof AS (
      INSERT INTO consent_records (subscriber_id, newsletter_id, step, source, at)
      SELECT people.id, ${newsletterId}, 'unsubscribed', people.source, people.at
      FROM written JOIN people ON people.id = written.subscriber_id
    )
    SELECT people.id, people.identity, fresh FROM written JOIN people ON people.id = written.subscriber_id`.execute(
    trx,
  );
  const fresh = new Set(rows.filter((row) => row.fresh).map(({ identity }) => identity));
  const proven = leaving.flatMap(({ person }) =>
    person.history && fresh.has(person.identity) ? [{ ...person, history: person.history }] : [],
  );
  await writeConsent(trx, newsletterId, proven);
  const newcomers = leaving.map(({ person }) => person).filter(({ identity }) => fresh.has(identity));
  await addTags(trx, newsletterId, newcomers);
  await setFrequencies(trx, newsletterId, newcomers);
  return {
    changed: new Set(rows.map(({ identity }) => identity)),
    inFlight: await skipWaitingDeliveries(
      trx,
      newsletterId,
      rows.filter((row) => !row.fresh).map(({ id }) => id),
    ),
  };
}

function leftBy({ person, status }: Departure): string {
  return person.history?.leftBy ?? (status === 'complained' ? 'complaint' : 'import');
}

/** Returns those who have a mail on the wire. */
async function skipWaitingDeliveries(
  trx: Trx,
  newsletterId: number,
  subscriberIds: readonly number[],
): Promise<number[]> {
  if (subscriberIds.length === 0) return [];
  const { rows } = await sql<{ id: number; inFlight: boolean }>`
    SELECT id, skip_waiting_deliveries(id, ${newsletterId}, 'unsubscribed') AS "inFlight"
    FROM unnest(${subscriberIds}::bigint[]) AS r(id)`.execute(trx);
  return rows.filter(({ inFlight }) => inFlight).map(({ id }) => id);
}
