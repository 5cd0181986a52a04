/** Reads dates as front matter has them. A day or hour that does not exist is an error; nothing rolls over. */
import { dayIn, instantOf, type WrittenTime } from './written-time.ts';

type Fault = { fault: 'date-impossible' | 'date-unreadable'; why: string };
type DateReading = { date: string } | Fault;

const TIME =
  /^(?:[T\s,]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?\s*((?:[A-Z]{1,5}(?![a-z]))?\s*(?:[+-]\d{2}(?::?\d{2})?)?)\s*(?:\([^()]*\)|([A-Z][A-Za-z]+\/[\w/+-]+))?)?$/;
const WEEKDAY = /[,\s]*[([]?(?:周|星期|礼拜)[一二三四五六日天][)\]]?/;
const NUMERIC = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(.*)$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?!\d)(.*)$/;
const CHINESE = /^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号](.*)$/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAY_FIRST = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4})(.*)$/i;
const MONTH_FIRST = /^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(.*)$/i;

/**
 * The day, `YYYY-MM-DD`, at that moment in `timezone` (an IANA name), which is the newsletter's. A time without a zone
 * or offset is in that time zone too. Without `timezone`, the day is taken as written.
 */
export function readDate(text: string, timezone: string | null = null): DateReading {
  const written = readWritten(text);
  if ('fault' in written) return written;
  const instant = timezone === null ? null : instantOf(written);
  if (timezone !== null && instant !== null) return { date: dayIn(instant, timezone) };
  return { date: [pad(written.year, 4), pad(written.month, 2), pad(written.day, 2)].join('-') };
}

/** Checks that day and time exist. A missing time is midnight. */
export function readWritten(text: string): WrittenTime | Fault {
  const parts = partsOf(plain(text));
  if (!parts)
    return { fault: 'date-unreadable', why: `expected a date such as 2026-08-05, got ${quoted(text)}` };
  const { year, month, day, rest } = parts;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
    return { fault: 'date-impossible', why: `there is no such day as ${quoted(text)}` };
  }
  const time = timeIn(rest);
  if (!time) return { fault: 'date-impossible', why: `there is no such time as ${quoted(text)}` };
  return { year, month, day, ...time };
}

/** Replaces full-width characters and removes a Chinese weekday. */
function plain(text: string): string {
  return text.normalize('NFKC').replace(WEEKDAY, ' ').trim();
}

/**
 * The date in a file name such as `2018-01-14-update.md` (Jekyll), `weekly-20180114.md` or `#3-2018.01.14.md`, or in the
 * name of the folder of an `index.md`.
 */
export function dateOfFileName(file: string): string | null {
  const [name = '', folder = ''] = file.split(/[/\\]/).reverse();
  return dateOfName(/^(?:_?index|readme)\.\w+$/i.test(name) ? `${folder}.` : name);
}

const IN_NAME =
  /^(\d{4}-\d{1,2}-\d{1,2})(?=[-_. ])|(?<!\d)((?:19|20)\d\d([-._]?)(?:0[1-9]|1[0-2])\3(?:0[1-9]|[12]\d|3[01]))(?!\d)/;

function dateOfName(name: string): string | null {
  const written = IN_NAME.exec(name)?.[0].replaceAll('_', '-');
  const reading = written === undefined ? null : readDate(written);
  return reading && 'date' in reading ? reading.date : null;
}

function partsOf(text: string): { year: number; month: number; day: number; rest: string } | null {
  const ymd = NUMERIC.exec(text) ?? COMPACT.exec(text) ?? CHINESE.exec(text);
  if (ymd) return { year: Number(ymd[1]), month: Number(ymd[2]), day: Number(ymd[3]), rest: ymd[4] ?? '' };
  const dmy = DAY_FIRST.exec(text);
  if (dmy) return named(dmy[3], dmy[2], dmy[1], dmy[4]);
  const mdy = MONTH_FIRST.exec(text);
  return mdy ? named(mdy[3], mdy[1], mdy[2], mdy[4]) : null;
}

function named(year = '', month = '', day = '', rest = '') {
  const index = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  return index < 0 ? null : { year: Number(year), month: index + 1, day: Number(day), rest };
}

function timeIn(rest: string): Pick<WrittenTime, 'hour' | 'minute' | 'second' | 'zone'> | null {
  const match = TIME.exec(rest.trimEnd());
  if (!match) return null;
  const [hour = 0, minute = 0, second = 0] = match.slice(1, 4).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 60) return null;
  const [, , , , half, offset, name] = match;
  return { hour: hourOf(hour, half), minute, second, zone: offset?.trim() || name || null };
}

/** `12:30 AM` is half past midnight. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
