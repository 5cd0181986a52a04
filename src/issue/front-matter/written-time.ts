/** A day and time as written in front matter -> its instant, and the day in the newsletter's time zone. */
import { Temporal } from '@js-temporal/polyfill';

/** Local date and time. */
export interface WrittenTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** As written (`Z`, `+08:00`, `GMT+0800`, `Asia/Shanghai`); null if the text names none. */
  zone: string | null;
}

/** Seconds (ten digits) or milliseconds (thirteen) since 1970. Both reach to the year 2286. */
const EPOCH = /^(\d{10})(\d{3})?$/;
const OFFSET = /(Z|UTC|GMT)?\s*([+-]\d{2}):?(\d{2})?$/i;

/** Reads `1659682800`. */
export function readEpoch(text: string): Temporal.Instant | null {
  const [, seconds, milliseconds = '0'] = EPOCH.exec(text.trim()) ?? [];
  if (seconds === undefined) return null;
  return Temporal.Instant.fromEpochMilliseconds(Number(seconds) * 1000 + Number(milliseconds));
}

/** `YYYY-MM-DD` in a zone. */
export const dayIn = (instant: Temporal.Instant, timezone: string): string =>
  instant.toZonedDateTimeISO(timezone).toPlainDate().toString();

/** The instant, or null if the text names neither zone nor offset. */
export function instantOf(written: WrittenTime): Temporal.Instant | null {
  const zone = zoneOf(written.zone);
  return zone === null ? null : localInstant(written, zone);
}

/** The instant of a time without a zone, taken in `timezone`. */
export function localInstant({ year, month, day, hour, minute, second }: WrittenTime, timezone: string) {
  const local = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second: Math.min(second, 59) });
  return local.toZonedDateTime(timezone).toInstant();
}

/** Knows `Z`, `GMT+0800`, `-08:00` and `Asia/Shanghai`. Names such as `CST` mean several zones, and give null. */
function zoneOf(text: string | null): string | null {
  if (text === null) return null;
  if (/^(?:Z|UTC|GMT)$/i.test(text)) return 'UTC';
  const [, , hours, minutes = '00'] = OFFSET.exec(text) ?? [];
  const zone = hours === undefined ? text : `${hours}:${minutes}`;
  try {
    return Temporal.Now.zonedDateTimeISO(zone) && /[/:]/.test(zone) ? zone : null;
  } catch {
    return null;
  }
}
