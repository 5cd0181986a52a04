/** Whether the theme's output really says what every issue must say: the rendered mail is asked, not a setting. */

import { headlineOf } from '../render/blocks/headline.ts';
import type { Edition } from '../render/edition/edition.ts';
import { compileFill } from '../render/slots/fill.ts';
import { longDate } from '../render/theme/language.ts';
import type { Check, Finding, Subject } from './check.ts';
import { lineOfKey } from './source-lines.ts';

interface Shown {
  /** As a browser gets it. */
  html: string;
  /** What can be read of it, without any blank. */
  words: string;
  text: string;
}

const UNSUBSCRIBE = 'https://postrider.invalid/unsubscribe/check';
const LINKS = {
  view: 'https://postrider.invalid/view',
  unsubscribe: UNSUBSCRIBE,
  preferences: 'https://postrider.invalid/preferences',
};
/** A theme may say less to those who gave no name. */
const READER = { email: 'reader@postrider.invalid', name: null, language: null, attributes: {} };

const known = new WeakMap<Edition, Shown>();

function shownOf(edition: Edition): Shown {
  const found = known.get(edition);
  if (found) return found;
  const values = { reader: READER, link: LINKS };
  const html = compileFill(edition.html, 'html')(values);
  const shown = { html, words: squeezed(readable(html)), text: compileFill(edition.text, 'text')(values) };
  known.set(edition, shown);
  return shown;
}

const readable = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?-->|<(head|style|script|title)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#x([\da-f]{1,6});|&#(\d{1,7});/gi, (_, hex, decimal) =>
      signOf(hex ? Number.parseInt(hex, 16) : Number(decimal)),
    )
    .replace(/&(lt|gt|quot|apos|amp|nbsp);/g, (_, name: keyof typeof NAMED) => NAMED[name]);

const signOf = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

const NAMED = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' };

/** Line breaks, blanks and zero-width signs are the layout's. */
const squeezed = (text: string): string => text.replace(/[\s\u200b-\u200f\u2060\ufeff\u00ad]+/g, '');

/** Says what is missing in the HTML, the text, or both; null where nothing is. */
function missingIn(shown: Shown, wanted: string): string | null {
  const needle = squeezed(wanted);
  const parts = [
    ...(shown.words.includes(needle) ? [] : ['HTML']),
    ...(squeezed(shown.text).includes(needle) ? [] : ['plain text']),
  ];
  return parts.length === 0 ? null : parts.join(' and the ');
}

function shownCheck(
  about: Omit<Check, 'find'>,
  fault: (shown: Shown, subject: Subject) => string | null,
  line: (subject: Subject) => number | null = () => null,
): Check {
  return {
    ...about,
    find: (subject): Finding[] => {
      const text = subject.edition && fault(shownOf(subject.edition), subject);
      return text ? [{ line: line(subject), text }] : [];
    },
  };
}

const themeOf = ({ newsletter }: Subject): string => `the theme "${newsletter.theme}"`;

const title = shownCheck(
  {
    rule: 'title-not-shown',
    severity: 'warning',
    advice: 'Let the theme print `{{issue.title}}`.',
  },
  (shown, subject) => {
    const { title: whole, extra } = subject.document;
    const { words } = headlineOf(whole, subject.newsletter.name, extra);
    // A headline stands below the newsletter's name, which a theme says in its own place.
    const where = shown.words.includes(squeezed(words ?? whole))
      ? missingIn({ ...shown, words: squeezed(whole) }, whole)
      : missingIn(shown, whole);
    return (
      where && `the title does not stand in the ${where} that ${themeOf(subject)} makes ({{issue.title}})`
    );
  },
  ({ source }) => lineOfKey(source, 'title'),
);

const date = shownCheck(
  { rule: 'date-not-shown', severity: 'warning', advice: 'Let the theme print `{{issue.date}}`.' },
  (shown, subject) => {
    const { date: day, language } = subject.document;
    if (day === null || shown.html.includes(day) || hasDay(shown.words, day, language)) return null;
    const where = missingIn(shown, longDate(day, language));
    return where && `the date does not stand in the ${where} that ${themeOf(subject)} makes ({{issue.date}})`;
  },
);

/** A theme may write `23 Nov`, `Nov. 23` or `23/11/2026`. */
function hasDay(words: string, day: string, language: string): boolean {
  const [year = '', month = '', date = ''] = day.split('-').map((part) => part.replace(/^0/, ''));
  const at = new Date(`${day}T00:00:00Z`);
  const named = (['long', 'short'] as const).map((style) =>
    squeezed(new Intl.DateTimeFormat(language, { month: style, timeZone: 'UTC' }).format(at)),
  );
  const months = [...named.map((name) => name.replace(/\.$/, '')), `0?${month}[./-]`, `[./-]0?${month}`].join(
    '|',
  );
  const [number, between] = [`(?<!\\d)0?${date}(?!\\d)`, '\\D{0,4}'];
  return new RegExp(
    `${number}${between}(?:${months})|(?:${months})${between}${number}|${year}${between}(?:${months})${number}`,
    'i',
  ).test(words);
}

const language = shownCheck(
  {
    rule: 'language-not-said',
    severity: 'warning',
    advice: 'Let the theme say `<mjml lang="{{issue.language}}" dir="{{issue.direction}}">`.',
  },
  (shown, subject) => {
    const said = /<html\b[^>]*\blang="([^"]*)"/i.exec(shown.html)?.[1] ?? '';
    if (said === subject.document.language) return null;
    return `${themeOf(subject)} says lang="${said}" of an issue in "${subject.document.language}" (<mjml lang="{{issue.language}}">)`;
  },
);

const postalAddress = shownCheck(
  {
    rule: 'postal-address-not-shown',
    severity: 'error',
    advice: 'Let the theme print `{{newsletter.postalAddress}}`.',
  },
  (shown, subject) => {
    const wanted = subject.newsletter.postalAddress.trim();
    const where = wanted === '' ? null : missingIn(shown, wanted);
    return (
      where &&
      `the postal address does not stand in the ${where} that ${themeOf(subject)} makes ({{newsletter.postalAddress}})`
    );
  },
);

const unsubscribe = shownCheck(
  {
    rule: 'unsubscribe-not-shown',
    severity: 'error',
    advice: 'Let the theme print a link to `{{link.unsubscribe}}`, for every reader, with words in it.',
  },
  (shown, subject) => {
    const body = shown.html.replace(/<!--[\s\S]*?-->/g, '');
    const links = [...body.matchAll(/<a\b[^>]*\bhref="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi)];
    const isThere = links.some(
      ([, href, words = '']) => href === UNSUBSCRIBE && squeezed(readable(words)) !== '',
    );
    const parts = [...(isThere ? [] : ['HTML']), ...(shown.text.includes(UNSUBSCRIBE) ? [] : ['plain text'])];
    if (parts.length === 0) return null;
    return `no unsubscribe link stands in the ${parts.join(' and the ')} that ${themeOf(subject)} makes ({{link.unsubscribe}})`;
  },
);

const NO_ADDRESS =
  'the newsletter has no postal address, which the law of the USA and Canada (CAN-SPAM, CASL) asks for: newsletter set';

/** Those who said that this law counts for them are stopped; those who said nothing are told. */
const postalAddressMissing: Check = {
  rule: 'postal-address-missing',
  severity: 'error',
  advice: 'Give it one: `newsletter set NAME --postal-address "…"`.',
  find: ({ newsletter, legalProfile }) =>
    newsletter.postalAddress.trim() === '' && (legalProfile.includes('us') || legalProfile.includes('ca'))
      ? [{ line: null, text: `${NO_ADDRESS} ${newsletter.slug} --postal-address "…"` }]
      : [],
};

const postalAddressUnset: Check = {
  rule: 'postal-address-unset',
  severity: 'warning',
  advice:
    'Give it one: `newsletter set NAME --postal-address "…"`. Or say whose law counts: `--legal-profile us` makes this an error, `eu` or `cn` ends it.',
  find: ({ newsletter, legalProfile }) =>
    newsletter.postalAddress.trim() === '' && legalProfile.length === 0
      ? [
          {
            line: null,
            text: `${NO_ADDRESS} ${newsletter.slug} --postal-address "…" (or --legal-profile eu where neither counts)`,
          },
        ]
      : [],
};

export const shownChecks: readonly Check[] = [
  title,
  date,
  language,
  postalAddressMissing,
  postalAddressUnset,
  postalAddress,
  unsubscribe,
];
