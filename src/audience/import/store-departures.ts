/**
 * Writes people whom a file calls gone. Who left is unsubscribed from this newsletter; who complained that, and is
 * suppressed everywhere; who bounced is suppressed everywhere. What waits for them in running sends is skipped.
 */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import type { Db, Trx } from '../../db/connection.ts';
import type { waitUntilOffTheWire } from '../../ledger/unsubscribe-guard.ts';
import type { Person } from './person.ts';
import { alone, link, rowsOf, unlinkedSuppressions } from './store.ts';
import { suppressionsOf, writeConsent } from './store-histories.ts';
import { lockIdentities, type NewSuppression, waitForAll, writeSuppressions } from './store-suppressions.ts';

export type Departed = 'unsubscribed' | 'suppressed' | 'unchanged' | 'keptOut';

export interface Departure {
  person: Person;
  meaning: 'left' | 'bounced' | 'complained';
  /** Null: now. */
  at: Date | null;
  /** For the consent record and the suppression, e.g. `import: moved from X (UNSUB_TIME 2018-02-12)`. */
  source: string;
}

export interface DepartureEntry {
  newsletterId: number;
  dryRun?: boolean;
}

/** What storing and waiting need. */
export interface Parts {
  db: Db;
  keys: Keys;
  clock: Parameters<typeof waitUntilOffTheWire>[1];
}

/** `departures`: some hundred, no identity twice. Answers in their order, when nothing more goes out to them. */
export async function storeDepartures(
  { db, keys, clock }: Parts,
  entry: DepartureEntry,
  departures: readonly Departure[],
): Promise<Departed[]> {
  const done = await alone(db, entry.dryRun ?? false, (trx) => store(trx, keys, entry, departures));
  if (!entry.dryRun)
    for (const [reason, ids] of done.onTheWire)
      await waitForAll(db, clock, ids, reason === 'unsubscribed' ? entry.newsletterId : null, reason);
  return departures.map(({ person }) => done.outcomes.get(person.identity) ?? 'keptOut');
}

interface Done {
  /** By identity; whoever is missing was erased, and is not made again. */
  outcomes: Map<string, Departed>;
  /** Reason -> subscribers with a mail on the wire. */
  onTheWire: Map<string, number[]>;
}

async function store(
  trx: Trx,
  keys: Keys,
  { newsletterId }: DepartureEntry,
  departures: readonly Departure[],
): Promise<Done> {
  const people = departures.map(({ person }) => person);
  await lockIdentities(trx, people);
  const unlinked = await unlinkedSuppressions(trx, keys, { newsletterId }, people);
  const known = departures.filter(({ person }) => !unlinked.erased.has(person.identity));
  const leavers = known.filter(({ meaning }) => meaning !== 'bounced');
  await makeSubscribers(trx, leavers);
  for (const { person } of leavers)
    if (unlinked.here.has(person.identity) || unlinked.elsewhere.has(person.identity))
      await link(trx, keys, person.identity);
  const left = await unsubscribeAll(trx, newsletterId, leavers);
  const suppressed = await writeSuppressions(
    trx,
    keys,
    known.flatMap((one) => suppressions(newsletterId, one)),
  );
  return {
    outcomes: new Map(
      known.map(({ person: { identity }, meaning }) => [
        identity,
        outcomeOf(meaning, left.changed.has(identity), suppressed.added.has(identity)),
      ]),
    ),
    onTheWire: new Map([
      ['unsubscribed', left.onTheWire],
      ['suppressed', suppressed.onTheWire],
    ]),
  };
}

function outcomeOf(meaning: Departure['meaning'], left: boolean, suppressed: boolean): Departed {
  if (meaning === 'left') return left ? 'unsubscribed' : 'unchanged';
  return left || suppressed ? 'suppressed' : 'unchanged';
}

function suppressions(newsletterId: number, { person, meaning, at, source }: Departure): NewSuppression[] {
  const told = person.history
    ? suppressionsOf(newsletterId, { identity: person.identity, history: person.history })
    : [];
  if (meaning === 'left') return told;
  const reason = meaning === 'bounced' ? 'bounce' : 'complaint';
  const { identity } = person;
  return [...told, { identity, newsletterId: null, reason, source, since: at, until: null }];
}

async function makeSubscribers(trx: Trx, leavers: readonly Departure[]): Promise<void> {
  if (leavers.length === 0) return;
  await sql`INSERT INTO subscribers (identity, email, name, language, timezone, attributes)
    SELECT r.* FROM ${rowsOf(leavers.map(({ person }) => person))} ON CONFLICT (identity) DO NOTHING`.execute(
    trx,
  );
}

/** Who had left before stays as they are. */
async function unsubscribeAll(
  trx: Trx,
  newsletterId: number,
  leavers: readonly Departure[],
): Promise<{ changed: Set<string>; onTheWire: number[] }> {
  if (leavers.length === 0) return { changed: new Set(), onTheWire: [] };
  const column = <T>(read: (one: Departure) => T) => leavers.map(read);
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
  const proven = leavers.flatMap(({ person }) =>
    person.history && fresh.has(person.identity) ? [{ ...person, history: person.history }] : [],
  );
  await writeConsent(trx, newsletterId, proven);
  return {
    changed: new Set(rows.map(({ identity }) => identity)),
    onTheWire: await skipAll(
      trx,
      newsletterId,
      rows.filter((row) => !row.fresh).map(({ id }) => id),
    ),
  };
}

function leftBy({ person, meaning }: Departure): string {
  return person.history?.leftBy ?? (meaning === 'complained' ? 'complaint' : 'import');
}

/** Those of them who have a mail on the wire. */
async function skipAll(trx: Trx, newsletterId: number, subscriberIds: readonly number[]): Promise<number[]> {
  if (subscriberIds.length === 0) return [];
  const { rows } = await sql<{ id: number; onTheWire: boolean }>`
    SELECT id, skip_waiting_deliveries(id, ${newsletterId}, 'unsubscribed') AS "onTheWire"
    FROM unnest(${subscriberIds}::bigint[]) AS r(id)`.execute(trx);
  return rows.filter(({ onTheWire }) => onTheWire).map(({ id }) => id);
}
