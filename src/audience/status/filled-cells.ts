/** Columns whose cells say something by being filled, and cells in them that do not. */
import { foldTitle } from './fold.ts';
import { type ColumnKind, takesAnyWords } from './titles.ts';
import { isTrue, STATUS_WORDS } from './words.ts';

/** Tools give up an address after this many bounces (phpList's and Mailman's limit); a smaller count means they have not. */
const MANY_BOUNCES = 5;

/** Whether the folded cell counts too few bounces for a tool to have given up the address. */
export const isSmallCount = (word: string): boolean =>
  /^\d{1,6}([.,]\d+)?$/.test(word) && Number(word.replace(',', '.')) < MANY_BOUNCES;

/** A number that is neither a flag nor a moment. */
const isCount = (word: string): boolean => /^\d{1,3}$/.test(word) && !isTrue(word);

/**
 * Whether a cell that is neither blank nor `no` clearly states the status of its column: a flag, a date, a word for it.
 * These are ambiguous: prose under a title that does not ask for any (`left`: "a nice review"), a word for the
 * opposite, and a number where some tools write counts.
 */
export function isUnambiguous(kind: ColumnKind & { kind: 'filled' }, title: string, word: string): boolean {
  if (kind.mayCount && isCount(word)) return false;
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
