/** Readers' time zones, by their IANA names. */
import { Refused } from '../../errors.ts';

const known = new Map<string, string | null>();

/** Null for an unknown zone. Blanks count as underscores: `America/New York`. */
export function timeZoneOf(text: string): string | null {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const zone = canonical(text.trim().replace(/ /g, '_'));
  if (known.size < 2_000) known.set(text, zone);
  return zone;
}

/** Throws Refused('bad-timezone'). */
export function readTimeZone(text: string): string {
  const zone = timeZoneOf(text);
  if (zone !== null) return zone;
  throw new Refused(
    'bad-timezone',
    `expected a time zone such as Europe/Berlin or Asia/Shanghai, found "${text.slice(0, 80)}"`,
  );
}

/** In canonical spelling. `EST` and `+02:00` are refused because they have no daylight saving time. */
function canonical(text: string): string | null {
  if (text !== 'UTC' && !/^[A-Za-z_]+\/[A-Za-z0-9_+\-/]+$/.test(text)) return null;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
  } catch {
    return null;
  }
}
