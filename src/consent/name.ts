/** The name somebody gives with an address: greeted with in mails, so it is kept to one short, plain line. */

const LONGEST_NAME = 100;
/** Controls, and the signs that turn the direction of the text around them. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]+/gu;
/** Nobody is called that; spammers are, in forms that mail strangers. */
const ADDRESS = /:\/\/|www\.|@/i;

/** Null for an empty name and for one that is a link or an address. */
export function readName(text: string): string | null {
  const line = text.normalize('NFC').replace(UNFIT, ' ').replace(/\s+/gu, ' ').trim();
  if (line === '' || ADDRESS.test(line)) return null;
  return [...line].slice(0, LONGEST_NAME).join('').trim();
}
