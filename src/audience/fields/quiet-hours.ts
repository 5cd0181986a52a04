/**
 * Quiet hours: local times of a day at which nothing is handed over, `22:00-07:00`. They may span midnight. Where a
 * clock jumps (daylight saving), what it shows counts: quiet hours end when the local clock first shows their end, or a
 * later time.
 */
import { Temporal } from '@js-temporal/polyfill';
import { Refused } from '../../errors.ts';

interface QuietHours {
  /** Minutes since midnight. */
  from: number;
  to: number;
}

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** Throws Refused('bad-quiet'). */
export function readQuiet(text: string): QuietHours {
  const [from, to, more] = text.split('-').map((part) => CLOCK.exec(part.trim()));
  const hours = from && to && { from: minutes(from), to: minutes(to) };
  if (hours && more === undefined && hours.from !== hours.to) return hours;
  throw new Refused(
    'bad-quiet',
    `expected two different local times such as 22:00-07:00, found "${text.slice(0, 40)}"`,
  );
}

const minutes = ([, hour, minute]: RegExpExecArray): number => Number(hour) * 60 + Number(minute);

export function quietText({ from, to }: QuietHours): string {
  const clock = (at: number) =>
    `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  return `${clock(from)}-${clock(to)}`;
}

export interface Quiet {
  /** Milliseconds until quiet hours end; 0 when it is not quiet now. */
  overInMs: number;
  /** Milliseconds until quiet hours begin; 0 during them. */
  beginsInMs: number;
}

/** Whether it is quiet in `timezone` (an IANA name) at `now`. Throws RangeError for an unknown zone. */
export function quietAt(hours: QuietHours, timezone: string, now: Date): Quiet {
  const there = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone);
  const clock = there.hour * 60 + there.minute;
  const passesMidnight = hours.from > hours.to;
  const quiet = passesMidnight
    ? clock >= hours.from || clock < hours.to
    : clock >= hours.from && clock < hours.to;
  const until = (at: number) => next(there, at).epochMilliseconds - now.getTime();
  return quiet
    ? { overInMs: Math.max(1, until(hours.to)), beginsInMs: 0 }
    : { overInMs: 0, beginsInMs: Math.max(1, until(hours.from)) };
}

/** The next moment at which the local clock shows that time; if the clock skips it, the first moment after the gap. */
function next(there: Temporal.ZonedDateTime, at: number): Temporal.ZonedDateTime {
  const clock = Temporal.PlainTime.from({ hour: Math.floor(at / 60), minute: at % 60 });
  const today = there.toPlainDate();
  const tomorrow = today.add({ days: 1 });
  const moment = (day: Temporal.PlainDate, disambiguation: 'earlier' | 'later') =>
    day.toPlainDateTime(clock).toZonedDateTime(there.timeZoneId, {
      disambiguation: shows(day, clock, there) ? disambiguation : 'later',
    });
  const moments = [today, tomorrow].flatMap((day) => [moment(day, 'earlier'), moment(day, 'later')]);
  return moments.find((one) => Temporal.ZonedDateTime.compare(one, there) > 0) ?? moments[3]!;
}

/** Whether the clock shows that time on that day at all. */
function shows(day: Temporal.PlainDate, clock: Temporal.PlainTime, there: Temporal.ZonedDateTime): boolean {
  const local = day.toPlainDateTime(clock);
  return local.toZonedDateTime(there.timeZoneId).toPlainDateTime().equals(local);
}
