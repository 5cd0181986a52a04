/** What a file proves about a person beyond their status: when and how they said yes, and their suppressions. */
import type { SuppressionReason } from '../../consent/suppressions.ts';
import type { Frequency } from '../../db/schema.ts';
import { Refused } from '../../errors.ts';
import { readDate } from '../status/dates.ts';
import { foldTitle } from '../status/fold.ts';

export interface History {
  confirmedAt: Date | null;
  unsubscribedAt: Date | null;
  leftBy: string | null;
  consent: { step: 'confirmed' | 'imported'; source: string; at: Date } | null;
  suppressions: readonly StatedSuppression[];
  /** How often they want the newsletter; null: not said. */
  frequency: Frequency | null;
  pausedUntil: Date | null;
  /** Proof of consent from another tool's columns, as text. */
  evidence: string | null;
}

interface StatedSuppression {
  reason: Exclude<SuppressionReason, 'erased'>;
  scope: 'everywhere' | 'newsletter';
  source: string;
  since: Date | null;
  until: Date | null;
}

/** Columns of our own export, in its order. `state` is also a status column. */
export const HISTORY_COLUMNS = [
  'state',
  'confirmed_at',
  'unsubscribed_at',
  'left_by',
  'consent_step',
  'consent_source',
  'consent_at',
  'suppressions',
] as const;

/** Exports of release 0.1.0 do not have them. */
export const LATER_COLUMNS = ['frequency', 'paused_until'] as const;

type HistoryColumn = (typeof HISTORY_COLUMNS)[number] | (typeof LATER_COLUMNS)[number];
/** Indexes; -1 for a later column that the file does not have. */
export type HistoryColumns = Readonly<Record<HistoryColumn, number>>;

/** Null unless this is the header of our own export. */
export function findHistoryColumns(titles: readonly string[]): HistoryColumns | null {
  const places = HISTORY_COLUMNS.map((column) => [column, titles.indexOf(column)] as const);
  if (places.some(([, at]) => at < 0)) return null;
  const later = LATER_COLUMNS.map((column) => [column, titles.indexOf(column)] as const);
  return Object.fromEntries([...places, ...later]) as HistoryColumns;
}

const FREQUENCIES: readonly Frequency[] = ['each', 'first'];
const LEFT_BY = ['reader', 'editor', 'complaint', 'not-me', 'import'];
const REASONS: readonly string[] = ['bounce', 'complaint', 'not-me', 'by-hand'];
const MAX_SOURCE_CHARS = 600;
const MAX_SUPPRESSIONS = 20;

/** Throws Refused('bad-row') for anything that our own export would not write. */
export function readHistory(places: HistoryColumns, cell: (at: number) => string): History {
  const date = (column: HistoryColumn) => dateOf(column, cell(places[column]));
  const step = cell(places.consent_step);
  const at = date('consent_at');
  const leftBy = cell(places.left_by);
  return {
    confirmedAt: date('confirmed_at'),
    unsubscribedAt: date('unsubscribed_at'),
    leftBy: LEFT_BY.includes(leftBy) ? leftBy : null,
    consent:
      at && (step === 'confirmed' || step === 'imported')
        ? { step, source: sourceOf(cell(places.consent_source)), at }
        : null,
    suppressions: readSuppressions(cell(places.suppressions)),
    frequency: FREQUENCIES.find((one) => one === cell(places.frequency)) ?? null,
    pausedUntil:
      cell(places.paused_until) === '' ? null : futureOf('paused_until', cell(places.paused_until)),
    evidence: null,
  };
}

function dateOf(column: string, text: string): Date | null {
  if (text === '') return null;
  const date = readDate(text);
  if (date) return date;
  throw new Refused(
    'bad-row',
    `${column}: expected a moment such as 2026-11-23T08:00:00Z, found "${text.slice(0, 40)}"`,
  );
}

function sourceOf(text: string): string {
  if (text !== '' && text.length <= MAX_SOURCE_CHARS && !/\p{Cc}/u.test(text)) return text;
  throw new Refused('bad-row', `expected a source of 1 to ${MAX_SOURCE_CHARS} characters on one line`);
}

function readSuppressions(text: string): StatedSuppression[] {
  if (text === '') return [];
  try {
    const list = JSON.parse(text) as unknown;
    if (Array.isArray(list) && list.length <= MAX_SUPPRESSIONS) return list.map(readSuppression);
  } catch (error) {
    if (error instanceof Refused) throw error;
  }
  throw new Refused('bad-row', 'suppressions: expected the JSON that an export writes');
}

function readSuppression(value: Readonly<Record<string, unknown>> | null): StatedSuppression {
  const { reason, scope, source, since, until } = value ?? {};
  const known = typeof reason === 'string' && REASONS.includes(reason);
  if (!known || (scope !== 'everywhere' && scope !== 'newsletter') || typeof source !== 'string')
    throw new Refused(
      'bad-row',
      `suppressions: expected a reason (${REASONS.join(', ')}), a scope and a source`,
    );
  return {
    reason: reason as StatedSuppression['reason'],
    scope,
    source: sourceOf(source),
    since: typeof since === 'string' ? dateOf('suppressions', since) : null,
    until: typeof until === 'string' ? futureOf('suppressions', until) : null,
  };
}

function futureOf(column: string, text: string): Date {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new Refused('bad-row', `${column}: expected a moment such as 2026-11-23T08:00:00Z`);
}

/** Evidence from another tool: its columns and cells, e.g. `OPTIN_TIME 2018-02-12 10:54:27 (no zone)`. */
export function evidenceText(
  columns: readonly { at: number; title: string }[],
  cell: (at: number) => string,
): string | null {
  const parts = columns.flatMap(({ at, title }) => {
    const text = cell(at)
      .replace(/\s+/g, ' ')
      .replace(/\p{Cc}/gu, '')
      .slice(0, 80);
    return text === '' ? [] : [`${foldTitle(title) === title ? title : title.slice(0, 40)} ${text}`];
  });
  return parts.length === 0 ? null : parts.join(', ').slice(0, 500);
}
