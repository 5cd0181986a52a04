/** The name that somebody gives with an address. Mails greet people by it, so it must be one short, plain line. */

const MAX_NAME_CHARS = 100;
/** Control characters, and those that change the direction of the text around them. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]+/gu;
/** Dots of other scripts in a host name, which NFKC leaves. */
const DOTS = /[\u3002\uff61]/gu;
/** A host name (but not `Dr.Who`): spammers put links into forms that send mail to strangers. */
const HOST = /[\p{L}\p{N}-]\.(?:\p{Ll}{2,}|\p{Lu}{2,}|xn--)/u;
/** An address in any disguise, a link, and what ends or quotes a display name. */
const ADDRESS = /[@<>"\\;]|\/\/|[([{]\s*at\s*[)\]}]|www\./iu;

/** Null for an empty name and for one that contains a link or an address. */
export function readName(text: string): string | null {
  const line = text.normalize('NFC').replace(UNFIT, ' ').replace(/\s+/gu, ' ').trim();
  // As a mail program may display it: full-width letters count as letters.
  const cleaned = line
    .normalize('NFKC')
    .replace(DOTS, '.')
    .replace(/\p{Cf}/gu, '');
  if (line === '' || ADDRESS.test(cleaned) || HOST.test(cleaned)) return null;
  return [...line].slice(0, MAX_NAME_CHARS).join('').trim();
}
