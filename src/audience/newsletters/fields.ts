/** Checks the fields of a newsletter as an editor typed them, and turns them into columns. */
import type { Updateable } from 'kysely';
import { COUNTRIES } from '../../checks/check.ts';
import { readAddress } from '../../consent/identity.ts';
import type { NewslettersTable } from '../../db/schema.ts';
import { Refused } from '../../errors.ts';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import { readLanguage } from '../fields/language.ts';
import { mailboxText, readMailbox } from '../fields/mailbox.ts';
import { quietText, readQuiet } from '../fields/quiet-hours.ts';
import { readColors } from './colors.ts';
import type { FieldContext, NewsletterTexts } from './texts.ts';
import {
  namesIn,
  readDays,
  readLine,
  readOrigin,
  readPercent,
  readPostalAddress,
  readRelays,
  readSample,
  readTheme,
  readTimezone,
  readUrl,
  readWord,
} from './values.ts';

type Fields = Updateable<NewslettersTable>;
type Before = Pick<NewsletterView, 'colors'>;

const MAX_NAME_CHARS = 200;
const MAX_DESCRIPTION_CHARS = 500;
const MAX_FREQUENCY_CHARS = 100;

type Reader<T> = (text: T, context: FieldContext, before: Before | null) => Fields;
type Readers = {
  [Key in keyof NewsletterTexts]-?: readonly [
    option: string,
    read: Reader<NonNullable<NewsletterTexts[Key]>>,
  ];
};

/** An empty text removes an optional value. */
const optional = <T>(text: string, read: (text: string) => T): T | null => (text === '' ? null : read(text));

const READERS: Readers = {
  name: ['name', (text) => ({ name: readLine(text, MAX_NAME_CHARS) })],
  from: ['from', readFrom],
  replyTo: ['reply-to', (text) => ({ reply_to: optional(text, (one) => mailboxText(readMailbox(one))) })],
  language: ['language', (text) => ({ language: readLanguage(text) })],
  timezone: ['timezone', (text) => ({ timezone: readTimezone(text) })],
  theme: ['theme', (text, { emails }) => ({ theme: readTheme(emails, text) })],
  logo: ['logo', (text) => ({ logo: optional(text, readUrl) })],
  postalAddress: ['postal-address', (text) => ({ postal_address: readPostalAddress(text) })],
  description: [
    'description',
    (text) => ({ description: optional(text, (one) => readLine(one, MAX_DESCRIPTION_CHARS)) }),
  ],
  frequency: [
    'frequency',
    (text) => ({ frequency: optional(text, (one) => readLine(one, MAX_FREQUENCY_CHARS)) }),
  ],
  privacyUrl: ['privacy-url', (text) => ({ privacy_url: optional(text, readUrl) })],
  baseUrl: ['base-url', (text) => ({ base_url: optional(text, readUrl) })],
  relay: ['relay', (text, { relays }) => ({ relay: optional(text, (one) => readRelays(one, relays)) })],
  quiet: ['quiet', (text) => ({ quiet: optional(text, (one) => quietText(readQuiet(one))) })],
  quietZone: ['quiet-zone', (text) => ({ quiet_zone: readWord(text, ['newsletter', 'reader']) })],
  breaker: ['breaker', (text) => ({ auto_pause_refused: readPercent(text) })],
  breakerComplaints: ['breaker-complaints', (text) => ({ auto_pause_complaints: readPercent(text) })],
  breakerSample: ['breaker-sample', (text) => ({ auto_pause_sample: readSample(text) })],
  archive: ['archive', (text) => ({ archive: readWord(text, ['public', 'unlisted', 'off']) })],
  signup: ['signup', (text) => ({ signup: readWord(text, ['open', 'closed']) })],
  images: ['images', (text) => ({ images: readWord(text, ['mirror', 'link']) })],
  onUnknown: ['on-unknown', (text) => ({ on_unknown: readWord(text, ['hold', 'resend']) })],
  keepLedger: ['keep-ledger', (text) => ({ keep_ledger_days: readDays(text) })],
  editors: ['editor', (list) => ({ editors: list.filter(Boolean).map((text) => readAddress(text).email) })],
  welcome: ['welcome', (text) => ({ welcome: readWord(text, ['on', 'off']) === 'on' })],
  welcomeText: [
    'welcome-text',
    (text) => ({ welcome_text: optional(text, (one) => readLine(one, MAX_DESCRIPTION_CHARS)) }),
  ],
  latestIssue: [
    'latest-issue',
    (text) => ({ latest_issue_since: readWord(text, ['on', 'off']) === 'on' ? new Date() : null }),
  ],
  site: ['site', (list) => ({ sites: list.filter(Boolean).map(readOrigin) })],
  disposable: ['disposable', (text) => ({ disposable: readWord(text, ['allow', 'refuse']) })],
  proof: ['proof', (text) => ({ proof: readWord(text, ['on', 'off']) === 'on' })],
  legalProfile: [
    'legal-profile',
    (list) => ({ legal_profile: [...new Set(namesIn(list).map((text) => readWord(text, COUNTRIES)))] }),
  ],
  colors: ['color', (colors, _, before) => ({ colors: readColors(before?.colors ?? {}, colors) })],
};

/** `before` is the newsletter to change, null for a new one. Throws Refused with all faults at once. */
export function readFields(context: FieldContext, texts: NewsletterTexts, before: Before | null): Fields {
  const faults: string[] = [];
  const fields: Fields = {};
  for (const key of Object.keys(READERS) as (keyof NewsletterTexts)[]) {
    if (texts[key] === undefined) continue;
    const [option, read] = READERS[key];
    try {
      Object.assign(fields, read(texts[key] as never, context, before));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      faults.push(`${option}: ${error.message}`);
    }
  }
  if (faults.length > 0) throw new Refused('bad-newsletter', faults.join('\n'));
  return fields;
}

/** An empty name stands for the newsletter's own, which the caller fills in. */
function readFrom(text: string): Fields {
  const { name, address } = readMailbox(text);
  return { from_name: name, from_address: address };
}
