/**
 * Reads the time of an event from words like `2026 年 8 月 12 日（周三）19:00-20:00`. Only unambiguous words are read: a day
 * with its month, a time of day, and nothing else beside them.
 */

/** Local time. `zone` is an IANA name, `+08:00`, or null if the words name none. */
export interface EventTime {
  year: number;
  month: number;
  day: number;
  start: TimeOfDay;
  end: EventEnd | null;
  zone: string | null;
}

export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** `days` counts from the day of the start: 1 for an event that goes on over midnight. */
interface EventEnd extends TimeOfDay {
  days: number;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS: readonly RegExp[] = [
  /^(?<year>\d{4})\s*[-/.年]\s*(?<month>\d{1,2})\s*[-/.月]\s*(?<day>\d{1,2})\s*[日号]?/,
  /^(?<month>\d{1,2})\s*月\s*(?<day>\d{1,2})\s*[日号]/,
  /^(?:[a-z]{3,9},?\s+)?(?<name>[a-z]{3,9})\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?<year>\d{4}))?/i,
  /^(?:[a-z]{3,9},?\s+)?(?<day>\d{1,2})(?:st|nd|rd|th)?\s+(?<name>[a-z]{3,9})\.?(?:,?\s+(?<year>\d{4}))?/i,
];
/** The day of the week, with or without brackets. */
const WEEKDAY = /^\s*(?:[（(][^（）()\d]{1,8}[）)]|(?:周|星期)[一二三四五六日天])/;
const GAP = /^[\s,，T]*(?:(?:from|at|从|自)\s*)?/i;
const HALF = /^(上午|凌晨|清晨|早上|中午|下午|傍晚|晚上|晚)\s*/;
const CLOCK =
  /^(\d{1,2})(?:[:：](\d{2})(?::00)?|\s*[点點](?:\s*(\d{1,2})\s*分|(半))?|(?=\s*[ap]m\b))(?!\d)\s*(am|pm)?/i;
/** Written before an end time: the day after the start. */
const NEXT_DAY = /^\s*(?:次日|翌日|第二天|隔天|(?:the )?next (?:day|morning),?)\s*/i;
/** The same, written after the time. */
const NEXT_DAY_BEHIND =
  /^,?\s*(?:[（(]\s*(?:\+1|次日|翌日|(?:the )?next day)\s*[）)]|(?:on )?the (?:next|following) day)/i;
/** The end of the day of the start, also with "next day" or 次日 before it. */
const MIDNIGHT = /^(?:midnight\b|(?:午夜|半夜|晚上?)\s*(?:12\s*[点點]|零点)|午夜|零点)/i;
const DAY_MS = 86_400_000;
/** An end before the start is on the next day, unless the event would be longer than this: then it is a mistake. */
const MAX_OVERNIGHT_MINUTES = 12 * 60;
const UNTIL = /^\s*(?:[-–—~～至到]|(?:to|until|till)\b)\s*/i;
const ZONE =
  /^\s*[（(]?(?:(UTC|GMT|Z)\s*(?:([+-])(\d{1,2})(?::?(\d{2}))?)?|([+-])(\d{2}):?(\d{2})|(北京时间))[）)]?$/i;

/** `issueDate` (`YYYY-MM-DD`) gives the year where the words give none. Null for anything ambiguous. */
export function readEventTime(text: string, issueDate: string | null): EventTime | null {
  const day = readDay(text.trim(), issueDate);
  if (!day) return null;
  const rest = day.rest.replace(WEEKDAY, '').replace(GAP, '');
  const start = readClock(rest, null);
  if (!start) return null;
  const until = UNTIL.exec(start.rest);
  const end = until ? readEnd(start.rest.slice(until[0].length), start.half, day) : null;
  const zone = readZone((end ?? start).rest);
  if ((until && !end) || zone === undefined) return null;
  const { year, month, day: date } = day;
  return { year, month, day: date, start: start.clock, end: end && endOf(start.clock, end), zone };
}

/** A time of day, including `24:00`, with or without a day of its own. */
function readEnd(text: string, half: string | null, begins: { year: number; month: number; day: number }) {
  const named = readDay(text, dated(begins));
  const next = NEXT_DAY.exec(text);
  const rest = named ? named.rest.replace(WEEKDAY, '').replace(GAP, '') : text.slice(next?.[0].length ?? 0);
  const days = named ? daysBetween(begins, named) : next ? 1 : null;
  const midnight = /^24[:：]00(?::00)?(?!\d)/.exec(rest);
  if (midnight)
    return { clock: { hour: 0, minute: 0 }, days: (days ?? 0) + 1, rest: rest.slice(midnight[0].length) };
  const spoken = MIDNIGHT.exec(rest);
  if (spoken && !named) return { clock: { hour: 0, minute: 0 }, days: 1, rest: rest.slice(spoken[0].length) };
  const read = readClock(rest, days === null ? half : null);
  const behind = read && days === null ? NEXT_DAY_BEHIND.exec(read.rest) : null;
  if (!read || !behind) return read && { clock: read.clock, days, rest: read.rest };
  return { clock: read.clock, days: 1, rest: read.rest.slice(behind[0].length) };
}

/** Null for an impossible end: at the start, or before it. */
function endOf(
  start: TimeOfDay,
  { clock, days }: { clock: TimeOfDay; days: number | null },
): EventEnd | null {
  const lasts = minutes(clock) - minutes(start);
  if (days !== null) return days > 0 || (days === 0 && lasts > 0) ? { ...clock, days } : null;
  if (lasts > 0) return { ...clock, days: 0 };
  return lasts < 0 && lasts + 24 * 60 <= MAX_OVERNIGHT_MINUTES ? { ...clock, days: 1 } : null;
}

const dated = ({ year, month, day }: { year: number; month: number; day: number }): string =>
  [String(year), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

const daysBetween = (from: Parameters<typeof dated>[0], to: Parameters<typeof dated>[0]): number =>
  (Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day)) / DAY_MS;

function readDay(text: string, issueDate: string | null) {
  for (const pattern of DAYS) {
    const match = pattern.exec(text);
    const { year, month, day, name } = match?.groups ?? {};
    if (!match || day === undefined) continue;
    const monthNumber =
      name === undefined ? Number(month) : MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
    const found = { month: monthNumber, day: Number(day) };
    const inYear = year === undefined ? yearFor(found, issueDate) : Number(year);
    if (inYear !== null && isDay(inYear, found))
      return { year: inYear, ...found, rest: text.slice(match[0].length) };
  }
  return null;
}

/** The issue's year, or the next year if the day would otherwise be more than half a year in the past. */
function yearFor(found: { month: number; day: number }, issueDate: string | null): number | null {
  const issued = issueDate === null ? null : /^(\d{4})-(\d\d)-(\d\d)$/.exec(issueDate);
  if (!issued) return null;
  const behind = Number(issued[2]) - found.month;
  return Number(issued[1]) + (behind > 6 ? 1 : 0);
}

function isDay(year: number, { month, day }: { month: number; day: number }): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** `before` is the half of the day named with the start: `晚上 7 点 - 9 点`. */
function readClock(text: string, before: string | null) {
  const half = HALF.exec(text)?.[1] ?? null;
  const match = CLOCK.exec(half === null ? text : text.replace(HALF, ''));
  if (!match) return null;
  const [whole, hours, minute, spoken, isHalf, meridiem] = match;
  const said = meridiem?.toLowerCase() ?? half ?? before;
  const hour = hourOf(Number(hours), said, minute !== undefined);
  const clock = { hour: hour ?? 24, minute: Number(minute ?? spoken ?? (isHalf ? 30 : 0)) };
  if (clock.hour > 23 || clock.minute > 59) return null;
  const from = text.length - (half === null ? text : text.replace(HALF, '')).length;
  return { clock, half: said, rest: text.slice(from + whole.length) };
}

/** `7 点` alone may be morning or evening, and gives null; `07:00` is on the 24-hour clock. */
function hourOf(hour: number, said: string | null, byDigits: boolean): number | null {
  if (said === 'am' || said === 'pm')
    return hour < 1 || hour > 12 ? null : (hour % 12) + (said === 'pm' ? 12 : 0);
  if (said !== null && /晚|凌晨/.test(said) && hour === 12) return null;
  if (said !== null && /下午|傍晚|晚/.test(said) && hour < 12) return hour + 12;
  return byDigits || said !== null || hour > 12 ? hour : null;
}

/** Undefined when there is anything but a zone. */
function readZone(text: string): string | null | undefined {
  if (/^[\s。.]*$/.test(text)) return null;
  const match = ZONE.exec(text);
  if (!match) return undefined;
  if (match[8]) return 'Asia/Shanghai';
  const [sign, hours, minute] = match[1] ? [match[2], match[3], match[4]] : [match[5], match[6], match[7]];
  return sign ? `${sign}${hours?.padStart(2, '0')}:${minute ?? '00'}` : '+00:00';
}

const minutes = ({ hour, minute }: TimeOfDay): number => hour * 60 + minute;
