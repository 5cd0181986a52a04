/**
 * When an issue goes out: parses `--at` and `--delay` as a person writes them, and prints the same moment back. A local
 * time is in the newsletter's time zone. The two hours a year that are ambiguous or missing because clocks change are
 * reported, not silently guessed.
 */
import { Temporal } from '@js-temporal/polyfill';
import { Usage } from '../errors.ts';

export interface SendTime {
  at: Date;
  /** What a person should know about it: the hour does not exist there, or occurs twice. */
  note: string | null;
}

/** A date and a time, with or without an offset: `2026-11-24T08:00`, `2026-11-24 08:00+01:00`, `...T07:00:00Z`. */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2})?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `timezone`: an IANA name. Throws Usage for what is not a valid time. */
export function readSendTime(text: string, timezone: string, option = '--at'): SendTime {
  const found = TIME.exec(text.trim());
  if (!found)
    throw new Usage(
      `${option}: expected a day and a time such as 2026-11-24T08:00 (in ${timezone}) or 2026-11-24T08:00+01:00, got "${text}"`,
    );
  const [, day, clock = '', offset] = found;
  const local = `${day}T${/^\d:/.test(clock) ? '0' : ''}${clock}`;
  try {
    if (offset) return { at: dateOf(Temporal.Instant.from(`${local}${offset.toUpperCase()}`)), note: null };
    return inZone(Temporal.PlainDateTime.from(local, { overflow: 'reject' }), timezone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Usage(`${option}: there is no such date and time as "${text}" (${error.message})`);
  }
}

/**
 * RFC 5545 3.3.5: for an hour that occurs twice the first is meant; one that is skipped is read with the offset before
 * the change.
 */
function inZone(local: Temporal.PlainDateTime, timezone: string): SendTime {
  const earlier = local.toZonedDateTime(timezone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(timezone, { disambiguation: 'later' });
  if (earlier.equals(later)) return { at: dateOf(earlier), note: null };
  if (earlier.toPlainDateTime().equals(local))
    return {
      at: dateOf(earlier),
      note: `${localText(local)} comes twice in ${timezone}, since clocks go back that night; the first is taken (${earlier.offset}), the second would be ${localText(local)}${later.offset}`,
    };
  return {
    at: dateOf(later),
    note: `${localText(local)} does not exist in ${timezone}, since clocks go forward that night; ${localText(later.toPlainDateTime())} is taken`,
  };
}

/** `90s`, `10m`, `2h`, `1d` -> seconds. Throws Usage. */
export function readDuration(text: string, option: string): number {
  const found = /^(\d{1,6})\s*([smhd])$/i.exec(text.trim());
  const seconds = Number(found?.[1]) * (SECONDS[found?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new Usage(`${option}: expected a number followed by s, m, h or d, such as 10m or 24h, got "${text}"`);
}

/**
 * `24h`, counted from the start of the send, or a moment as in `--at`. Throws Usage, also for a moment before the send
 * begins.
 */
export function readExpiry(text: string, start: Date, timezone: string): SendTime {
  const option = '--expires';
  const { at, note } = TIME.test(text.trim())
    ? readSendTime(text, timezone, option)
    : { at: new Date(start.getTime() + 1_000 * readDuration(text, option)), note: null };
  if (at > start) return { at, note };
  throw new Usage(`${option}: ${sayTime(at, timezone)} is over before the send begins`);
}

/** A moment in local time and UTC: `2026-11-24 08:00 Europe/Berlin (2026-11-24T07:00:00Z)`. */
export function sayTime(at: Date, timezone: string): string {
  const utc = at.toISOString().replace(/\.\d+Z$/, 'Z');
  const there = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone);
  return `${localText(there.toPlainDateTime())} ${timezone} (${utc})`;
}

function localText(local: Temporal.PlainDateTime): string {
  const unit = local.second === 0 ? 'minute' : 'second';
  return local.toString({ smallestUnit: unit }).replace('T', ' ');
}

const dateOf = (moment: { epochMilliseconds: number }): Date => new Date(moment.epochMilliseconds);
