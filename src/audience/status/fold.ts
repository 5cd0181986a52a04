/** One spelling for words and titles of columns that only differ in how they are written. */

/**
 * Lower case, compatibility forms and accents unified, without `·` and quotes; runs of blanks, `_` and `-` become one
 * blank. `Désabonné·e` and `desabonnee` are one word, `opted_out` and `Opted out` too. The Turkish ı is an i, since
 * nothing tells in which language `ÇIKTI` was put into capitals.
 */
export function foldWord(text: string): string {
  if (/^[a-z0-9]*$/.test(text)) return text;
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replace(/[·‧()"'’]/g, '')
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** Letters and digits alone: `Email Address`, `email_address` and `emailAddress` are one title. */
export function foldTitle(text: string): string {
  return foldWord(text).replace(/[^\p{L}\p{N}\p{M}]/gu, '');
}
