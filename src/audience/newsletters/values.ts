/** Single values of a newsletter's fields. Each function throws Refused for what it cannot read. */
import { Refused } from '../../errors.ts';
import { readRoute, routeText } from '../../ledger/relays/route.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_ADDRESS_CHARS = 1_000;
const MAX_URL_CHARS = 2_000;

/** A slug is a label of a domain (List-Id) and a part of URLs. */
export function readSlug(slug: string): string {
  if (SLUG.test(slug)) return slug;
  throw new Refused(
    'bad-slug',
    `expected a slug of 1 to 63 lower-case letters a-z, digits and inner hyphens, found "${slug.slice(0, 80)}"`,
  );
}

export function readLine(text: string, maxCharacters: number): string {
  const line = text.trim();
  if (line !== '' && line.length <= maxCharacters && !/[\p{Cc}\u2028\u2029]/u.test(line)) return line;
  throw new Refused(
    'bad-text',
    `expected 1 to ${maxCharacters} characters on one line, found ${described(line)}`,
  );
}

export function readPostalAddress(text: string): string {
  const address = text.replace(/\r\n?/g, '\n').trim();
  if (address.length <= MAX_ADDRESS_CHARS && !/[^\P{Cc}\n]/u.test(address)) return address;
  throw new Refused(
    'bad-text',
    `expected at most ${MAX_ADDRESS_CHARS} characters, found ${described(address)}`,
  );
}

function described(text: string): string {
  return /\p{Cc}/u.test(text) ? 'a control character' : `${text.length}`;
}

export function readTimezone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    if (/^[A-Za-z]/.test(text)) return text;
  } catch {
    // Intl throws for an unknown zone; it is refused below.
  }
  throw new Refused(
    'bad-timezone',
    `expected a time zone such as UTC or Asia/Shanghai, found "${text.slice(0, 80)}"`,
  );
}

export function readTheme(emails: EmailFiles, text: string): string {
  return readWord(text, emails.list('themes'));
}

export function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.href.length <= MAX_URL_CHARS &&
    !url.username &&
    !url.password
  )
    return url.href;
  throw new Refused(
    'bad-url',
    `expected a URL that starts with https:// or http://, found "${text.slice(0, 80)}"`,
  );
}

/** `https://blog.example.org`: scheme, host and port, as browsers send it. */
export function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username
  )
    return url.origin;
  throw new Refused(
    'bad-url',
    `expected a site such as https://blog.example.org, found "${text.slice(0, 80)}"`,
  );
}

export function readWord<const T extends string>(text: string, words: readonly T[]): T {
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new Refused('bad-word', `expected ${words.join(', ')}, found "${text.slice(0, 80)}"`);
}

/** `us ca` and `us,ca` are the same. */
export const namesIn = (list: readonly string[]): string[] =>
  list.flatMap((text) => text.toLowerCase().split(/[\s,]+/)).filter(Boolean);

export function readRelays(text: string, known: readonly string[]): string {
  const legs = readRoute(text);
  for (const { relay } of legs) readWord(relay, known);
  return routeText(legs);
}

/** `10`, `10%`, `0.5 %`; 0 and `off` are never. */
export function readPercent(text: string): number {
  const found = /^(\d{1,3}(?:\.\d{1,2})?)\s*%?$/.exec(text === 'off' ? '0' : text.trim());
  const percent = Number(found?.[1]);
  if (percent >= 0 && percent <= 100) return percent;
  throw new Refused(
    'bad-percent',
    `expected a percentage from 0 (or off) to 100, found "${text.slice(0, 40)}"`,
  );
}

export function readSample(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Refused('bad-number', `expected a minimum of 1 or more, found "${text.slice(0, 40)}"`);
}

/** `400d` -> 400; `forever` -> null. */
export function readDays(text: string): number | null {
  if (text === 'forever') return null;
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1]);
  if (days > 0) return days;
  throw new Refused(
    'bad-days',
    `expected a number of days such as 400d, or forever, found "${text.slice(0, 40)}"`,
  );
}
