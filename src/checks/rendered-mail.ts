/** What a reader sees of a rendered mail, and how checks look at it. */
import type { Edition } from '../render/edition/edition.ts';
import { compileFill } from '../render/slots/fill.ts';
import type { Check, CheckedIssue, Finding } from './check.ts';

interface RenderedMail {
  /** The HTML with its slots filled. */
  html: string;
  /** The readable words of the HTML, without white space. */
  words: string;
  text: string;
}

/** The address of the unsubscribe link in a rendered mail. */
export const UNSUBSCRIBE = 'https://postrider.invalid/unsubscribe/check';
const LINKS = {
  view: 'https://postrider.invalid/view',
  unsubscribe: UNSUBSCRIBE,
  preferences: 'https://postrider.invalid/preferences',
};
/** A theme may say less to readers without a name. */
const READER = { email: 'reader@postrider.invalid', name: null, language: null, attributes: {} };

const known = new WeakMap<Edition, RenderedMail>();

/** The mail as a reader without a name gets it. */
function renderedMailOf(edition: Edition): RenderedMail {
  const found = known.get(edition);
  if (found) return found;
  const values = { reader: READER, link: LINKS };
  const html = compileFill(edition.html, 'html')(values);
  const mail = { html, words: squeezed(readable(html)), text: compileFill(edition.text, 'text')(values) };
  known.set(edition, mail);
  return mail;
}

export const readable = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?-->|<(head|style|script|title)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#x([\da-f]{1,6});|&#(\d{1,7});/gi, (_, hex, decimal) =>
      characterOf(hex ? Number.parseInt(hex, 16) : Number(decimal)),
    )
    .replace(/&(lt|gt|quot|apos|amp|nbsp);/g, (_, name: keyof typeof NAMED) => NAMED[name]);

const characterOf = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

const NAMED = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' };

/** Without white space and zero-width characters, which belong to the layout. */
export const squeezed = (text: string): string => text.replace(/[\s\u200b-\u200f\u2060\ufeff\u00ad]+/g, '');

/** Where `text` is missing: in the HTML, the plain text, or both. Null if it is in both. */
export function missingIn(mail: RenderedMail, text: string): string | null {
  const needle = squeezed(text);
  const parts = [
    ...(mail.words.includes(needle) ? [] : ['HTML']),
    ...(squeezed(mail.text).includes(needle) ? [] : ['plain text']),
  ];
  return parts.length === 0 ? null : parts.join(' and the ');
}

/** A check of the rendered mail; it finds nothing if the issue was not rendered. */
export function mailCheck(
  about: Omit<Check, 'find'>,
  fault: (mail: RenderedMail, issue: CheckedIssue) => string | null,
  line: (issue: CheckedIssue) => number | null = () => null,
): Check {
  return {
    ...about,
    find: (issue): Finding[] => {
      const text = issue.edition && fault(renderedMailOf(issue.edition), issue);
      return text ? [{ line: line(issue), text }] : [];
    },
  };
}
