/** Checks that the rendered mail itself shows what every issue must show, whatever the theme. */
import { headlineOf } from '../render/blocks/headline.ts';
import { longDate } from '../render/theme/language.ts';
import type { Check, CheckedIssue } from './check.ts';
import { postalAddressChecks } from './postal-address.ts';
import { mailCheck, missingIn, readable, squeezed, UNSUBSCRIBE } from './rendered-mail.ts';
import { lineOfKey } from './source-lines.ts';

const themeOf = ({ newsletter }: CheckedIssue): string => `the theme "${newsletter.theme}"`;

const title = mailCheck(
  {
    rule: 'title-not-shown',
    severity: 'warning',
    advice: 'Make the theme print `{{issue.title}}`.',
  },
  (mail, issue) => {
    const { title: whole, extra } = issue.document;
    const { words } = headlineOf(whole, issue.newsletter.name, extra);
    // A theme may show the headline alone, below the newsletter's name.
    const where = mail.words.includes(squeezed(words ?? whole))
      ? missingIn({ ...mail, words: squeezed(whole) }, whole)
      : missingIn(mail, whole);
    return where && `the title is missing from the ${where} of ${themeOf(issue)} ({{issue.title}})`;
  },
  ({ source }) => lineOfKey(source, 'title'),
);

const date = mailCheck(
  { rule: 'date-not-shown', severity: 'warning', advice: 'Make the theme print `{{issue.date}}`.' },
  (mail, issue) => {
    const { date: day, language } = issue.document;
    if (day === null || mail.html.includes(day) || hasDay(mail.words, day, language)) return null;
    const where = missingIn(mail, longDate(day, language));
    return where && `the date is missing from the ${where} of ${themeOf(issue)} ({{issue.date}})`;
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

const language = mailCheck(
  {
    rule: 'language-not-said',
    severity: 'warning',
    advice: 'Make the theme begin with `<mjml lang="{{issue.language}}" dir="{{issue.direction}}">`.',
  },
  (mail, issue) => {
    const declared = /<html\b[^>]*\blang="([^"]*)"/i.exec(mail.html)?.[1] ?? '';
    if (declared === issue.document.language) return null;
    return `${themeOf(issue)} declares lang="${declared}" for an issue in "${issue.document.language}" (<mjml lang="{{issue.language}}">)`;
  },
);

const postalAddress = mailCheck(
  {
    rule: 'postal-address-not-shown',
    severity: 'error',
    advice: 'Make the theme print `{{newsletter.postalAddress}}`.',
  },
  (mail, issue) => {
    const address = issue.newsletter.postalAddress.trim();
    const where = address === '' ? null : missingIn(mail, address);
    return (
      where &&
      `the postal address is missing from the ${where} of ${themeOf(issue)} ({{newsletter.postalAddress}})`
    );
  },
);

const unsubscribe = mailCheck(
  {
    rule: 'unsubscribe-not-shown',
    severity: 'error',
    advice: 'Make the theme print a link to `{{link.unsubscribe}}`, for every reader, with words in it.',
  },
  (mail, issue) => {
    const body = mail.html.replace(/<!--[\s\S]*?-->/g, '');
    const links = [...body.matchAll(/<a\b[^>]*\bhref="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi)];
    const isThere = links.some(
      ([, href, words = '']) => href === UNSUBSCRIBE && squeezed(readable(words)) !== '',
    );
    const parts = [...(isThere ? [] : ['HTML']), ...(mail.text.includes(UNSUBSCRIBE) ? [] : ['plain text'])];
    if (parts.length === 0) return null;
    return `there is no unsubscribe link in the ${parts.join(' and the ')} of ${themeOf(issue)} ({{link.unsubscribe}})`;
  },
);

export const mailChecks: readonly Check[] = [
  title,
  date,
  language,
  ...postalAddressChecks,
  postalAddress,
  unsubscribe,
];
