/** Where a reader answers, and how one passes an issue on: plain `mailto:` links, which every mail program knows. */
import { splitSlots } from '../issue/document/slot-syntax.ts';
import type { NewsletterView } from './edition/newsletter-view.ts';

/** Null where answers are not read. */
export function answerUrl({ replyTo, from }: NewsletterView, title: string): string | null {
  const { address } = replyTo ?? from;
  if (/^(?:no|do-?not|nie)[._-]?(?:reply|answer|antworten)/i.test(address)) return null;
  return `mailto:${written(address)}?subject=${encodeURIComponent(`Re: ${plain(title)}`)}`;
}

/** A mail to whom the reader chooses, with the public page of the issue; null where it has none. */
export const shareUrl = (title: string, archiveUrl: string | null): string | null =>
  archiveUrl === null
    ? null
    : `mailto:?subject=${encodeURIComponent(plain(title))}&body=${encodeURIComponent(archiveUrl)}`;

/** An address in a `mailto:` (RFC 6068, 2): `@` and what addresses are mostly made of stand for themselves. */
const written = (address: string): string => address.replace(/[^\w.@-]/g, encodeURIComponent);

const plain = (title: string): string =>
  splitSlots(title)
    .map((part) => (typeof part === 'string' ? part : (part.fallback ?? '')))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
