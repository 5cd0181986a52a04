/** Links to reply to an issue and to share it: plain `mailto:`, which every mail program understands. */
import { splitSlots } from '../issue/document/slot-syntax.ts';
import type { NewsletterView } from './edition/newsletter-view.ts';

/** Null if nobody reads replies. */
export function answerUrl({ replyTo, from }: NewsletterView, title: string): string | null {
  const { address } = replyTo ?? from;
  if (/^(?:no|do-?not|nie)[._-]?(?:reply|answer|antworten)/i.test(address)) return null;
  return `mailto:${written(address)}?subject=${encodeURIComponent(`Re: ${plain(title)}`)}`;
}

/** A mail to somebody of the reader's choice with the issue's public page; null if there is none. */
export const shareUrl = (title: string, archiveUrl: string | null): string | null =>
  archiveUrl === null
    ? null
    : `mailto:?subject=${encodeURIComponent(plain(title))}&body=${encodeURIComponent(archiveUrl)}`;

/** An address in a `mailto:` (RFC 6068, 2): `@` and the usual characters of addresses stay unencoded. */
const written = (address: string): string => address.replace(/[^\w.@-]/g, encodeURIComponent);

const plain = (title: string): string =>
  splitSlots(title)
    .map((part) => (typeof part === 'string' ? part : (part.fallback ?? '')))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
