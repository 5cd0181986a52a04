/**
 * Exports a newsletter's subscribers: their state and its date, their consent, tags and choices, and their active suppressions. Importing
 * the file into another newsletter preserves all of that, so that nobody gets mail who would not get it here.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { Frequency, SubscriptionState } from '../db/schema.ts';
import { escapeFormula } from './csv/formulas.ts';
import { csvLine } from './csv/write.ts';
import { isAttributeName } from './fields/attribute-name.ts';
import { ATTRIBUTE_PREFIX } from './import/columns.ts';
import { isPlainTitle } from './import/titles.ts';
import { HISTORY_COLUMNS, LATER_COLUMNS } from './person/history.ts';
import { foldTitle } from './status/fold.ts';
import { columnKindOf } from './status/titles.ts';

interface ExportedSubscriber {
  email: string;
  name: string | null;
  language: string | null;
  timezone: string | null;
  attributes: Record<string, string>;
  state: SubscriptionState;
  /** When the subscription got this state. */
  since: Date;
  confirmedAt: Date | null;
  unsubscribedAt: Date | null;
  leftBy: string | null;
  tags: string[];
  frequency: Frequency;
  pausedUntil: Date | null;
  /** How they said yes: their latest confirmation, or else the first import that stated it. */
  consent: { step: string; source: string; at: string } | null;
  /** Active suppressions, for this newsletter or everywhere. */
  suppressions: ExportedSuppression[];
}

interface ExportedSuppression {
  reason: string;
  scope: 'everywhere' | 'newsletter';
  source: string;
  since: string;
  until: string | null;
}

/** `all`: any state. */
export type ExportedState = SubscriptionState | 'all';

const PAGE = 1_000;
/** To the millisecond, the precision of an import, so that exporting what was imported gives the same text. */
const ISO = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';

/** Pages in the order of subscribing, so that memory does not grow with the newsletter. */
export async function* exportSubscribers(
  db: Db,
  newsletterId: number,
  state: ExportedState,
): AsyncGenerator<ExportedSubscriber[]> {
  let last = 0;
  for (;;) {
    const { rows } = await sql<ExportedSubscriber & { id: number }>`
      SELECT s.id, p.email, p.name, p.language, p.timezone, p.attributes, s.state,
        coalesce(CASE s.state WHEN 'confirmed' THEN s.confirmed_at WHEN 'unsubscribed' THEN s.unsubscribed_at END,
          s.created_at) AS since,
        s.confirmed_at AS "confirmedAt", s.unsubscribed_at AS "unsubscribedAt", s.left_by AS "leftBy",
        s.tags, s.frequency, CASE WHEN s.paused_until > now() THEN s.paused_until END AS "pausedUntil",
        (SELECT jsonb_build_object('step', c.step, 'source', c.source, 'at', to_char(c.at AT TIME ZONE 'UTC', ${ISO}::text))
          FROM consent_records c WHERE c.subscriber_id = p.id AND c.newsletter_id = s.newsletter_id
            AND c.step IN ('confirmed', 'imported')
          ORDER BY c.step = 'confirmed' DESC,
            CASE WHEN c.step = 'confirmed' THEN -extract(epoch FROM c.at) ELSE extract(epoch FROM c.at) END LIMIT 1
        ) AS consent,
        coalesce((SELECT jsonb_agg(jsonb_build_object('reason', x.reason, 'scope',
            CASE WHEN x.newsletter_id IS NULL THEN 'everywhere' ELSE 'newsletter' END, 'source', x.source,
            'since', to_char(x.created_at AT TIME ZONE 'UTC', ${ISO}::text),
            'until', to_char(x.until AT TIME ZONE 'UTC', ${ISO}::text)) ORDER BY x.id)
          FROM suppressions x WHERE x.subscriber_id = p.id AND x.lifted_at IS NULL AND x.reason <> 'erased'
            AND (x.until IS NULL OR x.until > now()) AND (x.newsletter_id IS NULL OR x.newsletter_id = s.newsletter_id)
        ), '[]') AS suppressions
      FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
      WHERE s.newsletter_id = ${newsletterId} AND s.id > ${last} AND ${isIn(state)}
      ORDER BY s.id LIMIT ${PAGE}`.execute(db);
    if (rows.length === 0) return;
    yield rows.map(({ id: _, ...subscriber }) => subscriber);
    last = rows.at(-1)?.id ?? last;
  }
}

const isIn = (state: ExportedState) => (state === 'all' ? sql`true` : sql`s.state = ${state}`);

const PERSON_COLUMNS = ['email', 'name', 'language', 'timezone'] as const;

/** As CSV: person, subscription, tags, then every attribute that any of them has. UTF-8, CRLF. */
export async function* exportCsv(db: Db, newsletterId: number, state: ExportedState): AsyncGenerator<string> {
  const names = await attributeNames(db, newsletterId, state);
  yield csvLine([...PERSON_COLUMNS, ...HISTORY_COLUMNS, ...LATER_COLUMNS, 'tags', ...names.map(titleOf)]);
  for await (const page of exportSubscribers(db, newsletterId, state))
    yield page.map((subscriber) => csvLine(cellsOf(subscriber, names))).join('');
}

/** Addresses and our own columns are written as they are; text that people typed is escaped. */
function cellsOf(subscriber: ExportedSubscriber, names: readonly string[]): string[] {
  const { email, name, language, timezone, attributes, state, leftBy, consent, suppressions } = subscriber;
  return [
    ...[email, escapeFormula(name ?? ''), language ?? '', timezone ?? '', state],
    ...[moment(subscriber.confirmedAt), moment(subscriber.unsubscribedAt), leftBy ?? ''],
    ...[consent?.step ?? '', escapeFormula(consent?.source ?? ''), consent?.at ?? ''],
    suppressions.length === 0 ? '' : JSON.stringify(suppressions),
    ...[subscriber.frequency, moment(subscriber.pausedUntil), escapeFormula(subscriber.tags.join(', '))],
    ...names.map((each) => escapeFormula(attributes[each] ?? '')),
  ];
}

const moment = (date: Date | null): string => date?.toISOString() ?? '';

/** An attribute whose name an import would take for something else is written with its prefix. */
function titleOf(name: string): string {
  const isPlain =
    isAttributeName(name) &&
    isPlainTitle(foldTitle(name)) &&
    columnKindOf(foldTitle(name)) === null &&
    ![...HISTORY_COLUMNS, ...LATER_COLUMNS].some((column) => column === name);
  return isPlain ? name : `${ATTRIBUTE_PREFIX}${name}`;
}

async function attributeNames(db: Db, newsletterId: number, state: ExportedState): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT DISTINCT a.name FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    CROSS JOIN LATERAL jsonb_object_keys(p.attributes) AS a(name)
    WHERE s.newsletter_id = ${newsletterId} AND ${isIn(state)} AND p.attributes <> '{}'
    ORDER BY a.name`.execute(db);
  return rows.map(({ name }) => name);
}
