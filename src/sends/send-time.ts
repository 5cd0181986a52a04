/**
 * When an issue shall go out: `--at` and `--delay` as a person writes them, and the same moment said back. A local
 * time is one of the newsletter's time zone; the two hours a year at which clocks lie are named, not guessed away.
 */
import { Temporal } from '@js-temporal/polyfill';
import { Usage } from '../errors.ts';

export interface SendTime {
  at: Date;
  /** What a person should know about it: that hour does not exist there, or comes twice. */
  note: string | null;
}

/** A day and a time of day, and an offset or none: `2026-11-24T08:00`, `2026-11-24 08:00+01:00`, `...T07:00:00Z`. */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2})?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `timezone`: an IANA name. Throws Usage for what is no moment. */
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
    throw new Usage(`${option}: there is no such moment as "${text}" (${error.message})`);
  }
}

/** RFC 5545 3.3.5: an hour that comes twice means its first, one that is left out is read by the clock before it. */
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
  throw new Usage(
    `${option}: expected a number with s, m, h or d behind it, such as 10m or 24h, got "${text}"`,
  );
}

/**
 * `24h`, counted from the start of the send, or a moment as `--at` has it. Throws Usage, also for one that is over
 * when the send begins.
 */
export function readExpiry(text: string, start: Date, timezone: string): SendTime {
  const option = '--expires';
  const { at, note } = TIME.test(text.trim())
    ? readSendTime(text, timezone, option)
    : { at: new Date(start.getTime() + 1_000 * readDuration(text, option)), note: null };
  if (at > start) return { at, note };
  throw new Usage(`${option}: ${sayTime(at, timezone)} is over before the send begins`);
}

/** A moment in both clocks: `2026-11-24 08:00 Europe/Berlin (2026-11-24T07:00:00Z)`. */
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
