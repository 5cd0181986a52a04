/** Folds words and column titles that differ only in spelling into one form. */

/**
 * Lower case, compatibility forms and accents unified, without `·` and quotes; runs of blanks, `_` and `-` become one
 * blank. `Désabonné·e` and `desabonnee` are one word, `opted_out` and `Opted out` too. The Turkish ı is an i, because
 * nothing tells in which language `ÇIKTI` was capitalised.
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

/** `foldWord` for cells, cached: a file has few different words and many cells. */
export function cellFolder(): (cell: string) => string {
  const folded = new Map<string, string>();
  return (cell) => {
    const known = folded.get(cell);
    if (known !== undefined) return known;
    const word = foldWord(cell.slice(0, 200));
    if (folded.size < 2_000) folded.set(cell, word);
    return word;
  };
}
