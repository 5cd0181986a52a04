/** Columns that say something by being filled, and cells in them that say something else. */
import { foldTitle } from './fold.ts';
import { type ColumnKind, takesAnyWords } from './titles.ts';
import { isTrue, STATUS_WORDS } from './words.ts';

/** Tools that give up an address after so many bounces write fewer where they have not: phpList's and Mailman's limit. */
const MANY_BOUNCES = 5;

/** Whether the folded cell counts fewer bounces than tools give an address up for. */
export const isSmallCount = (word: string): boolean =>
  /^\d{1,6}([.,]\d+)?$/.test(word) && Number(word.replace(',', '.')) < MANY_BOUNCES;

/** A number that is neither a flag nor a moment. */
const isCount = (word: string): boolean => /^\d{1,3}$/.test(word) && !isTrue(word);

/**
 * Whether a cell that is not blank or `no` plainly says what the column says: a flag, a date, a word for it. Not plain
 * is prose under a title that does not ask for any (`left`: "a nice review"), a word for the opposite, and a number
 * where some tools count what did not matter to them.
 */
export function isUnambiguous(says: ColumnKind & { kind: 'filled' }, title: string, word: string): boolean {
  if (says.mayCount && isCount(word)) return false;
  const known = STATUS_WORDS.get(word);
  if (known) return known !== 'mailable' && known !== 'unconfirmed';
  return takesAnyWords(foldTitle(title)) || !isProse(word);
}

/** A year or a time of day: dates are spelled in too many ways to know them all. */
const MOMENT = /\d{4}|\d:\d\d|\d[./]\d/;

/** Two words or more. */
function isProse(word: string): boolean {
  return !MOMENT.test(word) && (word.match(/\p{L}{2,}/gu) ?? []).length > 1;
}
