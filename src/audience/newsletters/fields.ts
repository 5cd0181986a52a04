/** The fields of a newsletter as an editor types them -> checked columns. All faults are told at once. */
import type { Updateable } from 'kysely';
import { COUNTRIES } from '../../checks/check.ts';
import { readAddress } from '../../consent/identity.ts';
import type { NewslettersTable } from '../../db/schema.ts';
import { Refused } from '../../errors.ts';
import { readRoute, routeText } from '../../ledger/relays/route.ts';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import type { Palette } from '../../render/theme/theme.ts';
import { readLanguage } from '../fields/language.ts';
import { mailboxText, readMailbox } from '../fields/mailbox.ts';
import { quietText, readQuiet } from '../fields/quiet-hours.ts';

/** Absent: not asked to change. An empty text takes an optional value away. */
export interface NewsletterTexts {
  name?: string;
  /** `Name <address>` or an address alone: then the newsletter's name stands before it. */
  from?: string;
  replyTo?: string;
  language?: string;
  timezone?: string;
  theme?: string;
  /** Name (`accent`, `dark.accent`) -> `#rrggbb`, or empty to take the override away. */
  colors?: Readonly<Record<string, string>>;
  logo?: string;
  postalAddress?: string;
  /** What it is about and how often it comes, for strangers. */
  description?: string;
  frequency?: string;
  privacyUrl?: string;
  baseUrl?: string;
  /** One relay, or several with weights: `main:3,backup:1`. */
  relay?: string;
  /** `22:00-07:00` */
  quiet?: string;
  quietZone?: string;
  /** Percent, `off` or `0`: never. */
  breaker?: string;
  breakerComplaints?: string;
  breakerSample?: string;
  archive?: string;
  signup?: string;
  images?: string;
  onUnknown?: string;
  keepLedger?: string;
  editors?: readonly string[];
  /** Countries whose law counts: us, ca, eu, cn. */
  legalProfile?: readonly string[];
}

/** What a newsletter may refer to. */
export interface Surroundings {
  emails: EmailFiles;
  /** Names of the relays that are set up. */
  relays: readonly string[];
}

/** What a newsletter may colour in its own way; each also as `dark.<name>`. */
export const colorNames: Readonly<Record<keyof Palette, string>> = {
  background: 'around the mail',
  surface: 'the mail itself',
  tint: 'quiet areas: questions, code, cards',
  border: 'lines',
  text: 'what is read',
  muted: 'dates, captions, footer',
  accent: 'links, buttons',
  onAccent: 'what is written on the accent',
  mark: 'what stands out and is no link: events, versions, sponsors',
};

type Fields = Updateable<NewslettersTable>;
type Before = Pick<NewsletterView, 'colors'>;

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LONGEST_NAME = 200;
const LONGEST_ADDRESS = 1_000;
const LONGEST_DESCRIPTION = 500;
const LONGEST_FREQUENCY = 100;
const LONGEST_URL = 2_000;

/** A slug is a label of a domain (List-Id) and a part of URLs. */
export function readSlug(slug: string): string {
  if (SLUG.test(slug)) return slug;
  throw new Refused(
    'bad-slug',
    `expected a slug of 1 to 63 lower-case letters a-z, digits and inner hyphens, found "${slug.slice(0, 80)}"`,
  );
}

/** `before` is the newsletter to change, null for a new one. */
export function readFields(around: Surroundings, texts: NewsletterTexts, before: Before | null): Fields {
  const faults: string[] = [];
  const fields: Fields = {};
  const take = <T>(option: string, text: T | undefined, read: (text: T) => Fields) => {
    if (text === undefined) return;
    try {
      Object.assign(fields, read(text));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      faults.push(`${option}: ${error.message}`);
    }
  };
  take('name', texts.name, (text) => ({ name: readLine(text, LONGEST_NAME) }));
  take('from', texts.from, readFrom);
  take('reply-to', texts.replyTo, (text) => ({
    reply_to: text === '' ? null : mailboxText(readMailbox(text)),
  }));
  take('language', texts.language, (text) => ({ language: readLanguage(text) }));
  take('timezone', texts.timezone, (text) => ({ timezone: readTimezone(text) }));
  take('theme', texts.theme, (text) => ({ theme: readTheme(around.emails, text) }));
  take('logo', texts.logo, (text) => ({ logo: text === '' ? null : readUrl(text) }));
  take('postal-address', texts.postalAddress, (text) => ({ postal_address: readPostalAddress(text) }));
  take('description', texts.description, (text) => ({
    description: text === '' ? null : readLine(text, LONGEST_DESCRIPTION),
  }));
  take('frequency', texts.frequency, (text) => ({
    frequency: text === '' ? null : readLine(text, LONGEST_FREQUENCY),
  }));
  take('privacy-url', texts.privacyUrl, (text) => ({ privacy_url: text === '' ? null : readUrl(text) }));
  take('base-url', texts.baseUrl, (text) => ({ base_url: text === '' ? null : readUrl(text) }));
  take('relay', texts.relay, (text) => ({ relay: text === '' ? null : readRelays(text, around.relays) }));
  take('quiet', texts.quiet, (text) => ({ quiet: text === '' ? null : quietText(readQuiet(text)) }));
  take('quiet-zone', texts.quietZone, (text) => ({ quiet_zone: readWord(text, ['newsletter', 'reader']) }));
  take('breaker', texts.breaker, (text) => ({ auto_pause_refused: readPercent(text) }));
  take('breaker-complaints', texts.breakerComplaints, (text) => ({
    auto_pause_complaints: readPercent(text),
  }));
  take('breaker-sample', texts.breakerSample, (text) => ({ auto_pause_sample: readSample(text) }));
  take('archive', texts.archive, (text) => ({ archive: readWord(text, ['public', 'unlisted', 'off']) }));
  take('signup', texts.signup, (text) => ({ signup: readWord(text, ['open', 'closed']) }));
  take('images', texts.images, (text) => ({ images: readWord(text, ['mirror', 'link']) }));
  take('on-unknown', texts.onUnknown, (text) => ({ on_unknown: readWord(text, ['hold', 'resend']) }));
  take('keep-ledger', texts.keepLedger, (text) => ({ keep_ledger_days: readDays(text) }));
  take('editor', texts.editors, (list) => ({
    editors: list.filter(Boolean).map((text) => readAddress(text).email),
  }));
  take('legal-profile', texts.legalProfile, (list) => ({
    legal_profile: [...new Set(namesIn(list).map((text) => readWord(text, COUNTRIES)))],
  }));
  take('color', texts.colors, (colors) => ({ colors: readColors(before?.colors ?? {}, colors) }));
  if (faults.length > 0) throw new Refused('bad-newsletter', faults.join('\n'));
  return fields;
}

/** An empty name stands for the newsletter's: the caller knows it. */
function readFrom(text: string): Fields {
  const { name, address } = readMailbox(text);
  return { from_name: name, from_address: address };
}

function readLine(text: string, longest: number): string {
  const line = text.trim();
  if (line !== '' && line.length <= longest && !/[\p{Cc}\u2028\u2029]/u.test(line)) return line;
  throw new Refused('bad-text', `expected 1 to ${longest} characters on one line, found ${described(line)}`);
}

function readPostalAddress(text: string): string {
  const address = text.replace(/\r\n?/g, '\n').trim();
  if (address.length <= LONGEST_ADDRESS && !/[^\P{Cc}\n]/u.test(address)) return address;
  throw new Refused(
    'bad-text',
    `expected at most ${LONGEST_ADDRESS} characters, found ${described(address)}`,
  );
}

function described(text: string): string {
  return /\p{Cc}/u.test(text) ? 'a control character' : `${text.length}`;
}

function readTimezone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    if (/^[A-Za-z]/.test(text)) return text;
  } catch {
    // Intl throws for a zone it does not know: the same answer.
  }
  throw new Refused(
    'bad-timezone',
    `expected a time zone such as UTC or Asia/Shanghai, found "${text.slice(0, 80)}"`,
  );
}

function readTheme(emails: EmailFiles, text: string): string {
  return readWord(text, emails.list('themes'));
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.href.length <= LONGEST_URL &&
    !url.username &&
    !url.password
  )
    return url.href;
  throw new Refused(
    'bad-url',
    `expected a URL that starts with https:// or http://, found "${text.slice(0, 80)}"`,
  );
}

function readWord<const T extends string>(text: string, words: readonly T[]): T {
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new Refused('bad-word', `expected ${words.join(', ')}, found "${text.slice(0, 80)}"`);
}

/** `us ca` and `us,ca` are the same. */
const namesIn = (list: readonly string[]): string[] =>
  list.flatMap((text) => text.toLowerCase().split(/[\s,]+/)).filter(Boolean);

function readRelays(text: string, known: readonly string[]): string {
  const legs = readRoute(text);
  for (const { relay } of legs) readWord(relay, known);
  return routeText(legs);
}

/** `10`, `10%`, `0.5 %`; 0 and `off` are never. */
function readPercent(text: string): number {
  const found = /^(\d{1,3}(?:\.\d{1,2})?)\s*%?$/.exec(text === 'off' ? '0' : text.trim());
  const percent = Number(found?.[1]);
  if (percent >= 0 && percent <= 100) return percent;
  throw new Refused(
    'bad-percent',
    `expected a percentage from 0 (or off) to 100, found "${text.slice(0, 40)}"`,
  );
}

function readSample(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Refused('bad-number', `expected how many at the least, from 1 up, found "${text.slice(0, 40)}"`);
}

/** `400d` -> 400; `forever` -> null. */
function readDays(text: string): number | null {
  if (text === 'forever') return null;
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1]);
  if (days > 0) return days;
  throw new Refused(
    'bad-days',
    `expected a number of days such as 400d, or forever, found "${text.slice(0, 40)}"`,
  );
}

/** Laid over the overrides there were. */
function readColors(
  before: Readonly<Record<string, string>>,
  colors: Readonly<Record<string, string>>,
): string {
  const result: Record<string, string> = { ...before };
  for (const [name, value] of Object.entries(colors)) {
    readWord(name.replace(/^dark\./, ''), Object.keys(colorNames));
    if (value === '') delete result[name];
    else result[name] = readColor(name, value);
  }
  return JSON.stringify(result);
}

function readColor(name: string, value: string): string {
  if (/^#[0-9a-f]{6}$/i.test(value)) return value.toLowerCase();
  throw new Refused(
    'bad-color',
    `expected ${name} to be a colour such as #1f4fd8, found "${value.slice(0, 40)}"`,
  );
}
