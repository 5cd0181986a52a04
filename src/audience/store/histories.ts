/** Writes the history that a file proves for new people: when they confirmed, with what consent, and their suppressions. */
import { sql } from 'kysely';
import type { Keys } from '../../consent/keys.ts';
import type { Trx } from '../../db/connection.ts';
import type { History } from '../person/history.ts';
import type { Person } from '../person/person.ts';
import { type ImportedSuppression, writeSuppressions } from './suppressions.ts';

type PersonWithHistory = Person & { history: History };

/** Dates in the future count as now. */
export async function storeHistories(
  trx: Trx,
  keys: Keys,
  newsletterId: number,
  people: readonly Person[],
): Promise<void> {
  const proven = people.filter((person): person is PersonWithHistory => person.history !== null);
  if (proven.length === 0) return;
  await writeDates(trx, newsletterId, proven);
  await writeConsent(trx, newsletterId, proven);
  await writeSuppressions(
    trx,
    keys,
    proven.flatMap((person) => suppressionsOf(newsletterId, person)),
  );
}

async function writeDates(
  trx: Trx,
  newsletterId: number,
  people: readonly PersonWithHistory[],
): Promise<void> {
  const dated = people.filter(({ history }) => history.confirmedAt !== null);
  if (dated.length === 0) return;
  await sql`UPDATE subscriptions s SET confirmed_at = least(r.at, clock_timestamp())
    FROM unnest(${dated.map(({ identity }) => identity)}::text[], ${dated.map(({ history }) => history.confirmedAt)}::timestamptz[])
      AS r(identity, at)
    JOIN subscribers p ON p.identity = r.identity
    WHERE s.newsletter_id = ${newsletterId} AND s.subscriber_id = p.id AND s.state = 'confirmed'`.execute(
    trx,
  );
}

interface ConsentRow {
  identity: string;
  step: string;
  source: string;
  at: Date | null;
}

/** Evidence from another tool's columns gets a record beside that of the import itself. */
export async function writeConsent(
  trx: Trx,
  newsletterId: number,
  people: readonly (Pick<Person, 'identity'> & { history: Pick<History, 'consent' | 'evidence'> })[],
): Promise<void> {
  const rows = people.flatMap(({ identity, history: { consent, evidence } }): ConsentRow[] => [
    ...(consent ? [{ identity, ...consent }] : []),
    ...(evidence ? [{ identity, step: 'stated', source: `import: ${evidence}`, at: null }] : []),
  ]);
  if (rows.length === 0) return;
  await sql`INSERT INTO consent_records (subscriber_id, newsletter_id, step, source, at)
    SELECT p.id, ${newsletterId}, r.step, r.source, least(r.at, clock_timestamp())
    FROM unnest(${rows.map((r) => r.identity)}::text[], ${rows.map((r) => r.step)}::text[],
      ${rows.map((r) => r.source)}::text[], ${rows.map((r) => r.at)}::timestamptz[]) AS r(identity, step, source, at)
    JOIN subscribers p ON p.identity = r.identity`.execute(trx);
}

export function suppressionsOf(
  newsletterId: number,
  { identity, history }: { identity: string; history: Pick<History, 'suppressions'> },
): ImportedSuppression[] {
  return history.suppressions.map(({ scope, ...suppression }) => ({
    ...suppression,
    identity,
    newsletterId: scope === 'newsletter' ? newsletterId : null,
  }));
}
