/** The name somebody gives with an address: greeted with in mails, so it is kept to one short, plain line. */

const LONGEST_NAME = 100;
/** Controls, and the signs that turn the direction of the text around them. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]+/gu;
/** What NFKC leaves of the dots that some scripts write in a host name. */
const DOTS = /[\u3002\uff61]/gu;
/** Nobody is called that; spammers are, in forms that mail strangers. A host name, but not `Dr.Who`. */
const HOST = /[\p{L}\p{N}-]\.(?:\p{Ll}{2,}|\p{Lu}{2,}|xn--)/u;
/** An address in whatever disguise, a link, and what ends or quotes a display name. */
const ADDRESS = /[@<>"\\;]|\/\/|[([{]\s*at\s*[)\]}]|www\./iu;

/** Null for an empty name and for one that holds a link or an address. */
export function readName(text: string): string | null {
  const line = text.normalize('NFC').replace(UNFIT, ' ').replace(/\s+/gu, ' ').trim();
  // As a mail program may show it: full-width letters are letters.
  const shown = line
    .normalize('NFKC')
    .replace(DOTS, '.')
    .replace(/\p{Cf}/gu, '');
  if (line === '' || ADDRESS.test(shown) || HOST.test(shown)) return null;
  return [...line].slice(0, LONGEST_NAME).join('').trim();
}
