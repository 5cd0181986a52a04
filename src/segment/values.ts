/**
 * Texts as numbers, dates and true or false. Attributes stay texts, as slots show them; only segments read them as
 * something else.
 */
import type { AttributeType } from './filter.ts';

const NUMBER = /^[+-]?\d{1,15}(\.\d{1,9})?$/;
/** The same for PostgreSQL, with blanks around it. */
export const NUMBER_SQL = '^\\s*[+-]?\\d{1,15}(\\.\\d{1,9})?\\s*$';

/** Null: not a number. A comma is none: `1,234` means different numbers in different countries. */
export const numberOf = (text: string): string | null => (NUMBER.test(text.trim()) ? text.trim() : null);

/** A day, perhaps with a time behind it. */
const DAY = /^(\d{4})[-/.](\d{2})[-/.](\d{2})(?:$|[T ])/;
/** The same for PostgreSQL, which does not ask whether the day exists. */
export const DAY_SQL = '^\\s*\\d{4}[-/.]\\d{2}[-/.]\\d{2}\\s*($|[T ])';
const AGO = /^(\d{1,5}) ?(day|week|month|year)s? ago$/;
const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };

/** `2026-11-23`; null: not a date. */
function dayOf(text: string): string | null {
  const [, year, month, day] = DAY.exec(text.trim()) ?? [];
  if (year === undefined) return null;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const real = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
  return real ? `${year}-${month}-${day}` : null;
}

/** A day, or `-30` for 30 days before the segment is asked for. */
export function dayValueOf(text: string): string | null {
  const word = text.trim().toLowerCase();
  if (word === 'today') return '-0';
  if (word === 'yesterday') return '-1';
  const [, count, unit = ''] = AGO.exec(word) ?? [];
  return count === undefined ? dayOf(text) : `-${Number(count) * DAYS[unit]!}`;
}

export const TRUE_WORDS = ['true', 'yes', 'y', '1', 'on', 'ja', 'oui', 'sí', 'si', '是', 'はい'];
export const FALSE_WORDS = ['false', 'no', 'n', '0', 'off', 'nein', 'non', '否', 'いいえ'];

export function booleanOf(text: string): 'true' | 'false' | null {
  const word = text.trim().toLowerCase();
  if (TRUE_WORDS.includes(word)) return 'true';
  return FALSE_WORDS.includes(word) ? 'false' : null;
}

/** Not `+49 30` and not `01067`: phone numbers and postal codes are texts. */
const PLAIN_NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$/;

/** What a value looks like; a flag must be spelled out, since `1` is a number. */
export function typeOf(text: string): AttributeType {
  if (PLAIN_NUMBER.test(text)) return 'number';
  if (dayOf(text) !== null) return 'date';
  return /^(true|false|yes|no)$/i.test(text) ? 'boolean' : 'text';
}
