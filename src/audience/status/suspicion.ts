/** Cells of other columns that may mean that somebody must not be written to: the import asks about those. */
import { attributesOfJson } from '../fields/attributes-json.ts';
import type { OtherColumn } from './columns.ts';
import { isSmallCount } from './filled-cells.ts';
import { foldTitle, foldWord } from './fold.ts';
import { type Hint, hintOf } from './hints.ts';
import { type Statement, statement } from './status.ts';
import { columnKindOf } from './titles.ts';
import { isBlank, isFalse, isTrue, isUnmistakable, STATUS_WORDS } from './words.ts';

/** Suspicious in a column that is about mail but is not a column of words that we know. */
const SUSPICIOUS = new Set(
  'inactive disabled cancelled canceled suspended expired never none pasif iptal'.split(' '),
);
const LIST = /[,;|[]/;
const SEPARATORS = /[,;|[\]]/;

type Fold = (cell: string) => string;

/** Null: the cell raises no question. */
export function suspiciousCell({ title, hint }: OtherColumn, cell: string, fold: Fold): Statement | null {
  return cell.startsWith('{') ? withinJson(title, cell, fold) : suspect(title, hint, cell, fold);
}

function suspect(title: string, hint: Hint, cell: string, fold: Fold): Statement | null {
  if (cell === '') return null;
  const listed = LIST.test(cell) ? withinList(title, cell) : null;
  if (listed) return listed;
  if (hint === null && cell.length > 30) return null;
  const word = fold(cell);
  if (isUnmistakable(word)) return statement('unknown', title, word);
  if (hint === null || isBlank(word)) return null;
  if (hint === 'count' && isSmallCount(word)) return null;
  if (hint === 'gone' || hint === 'count')
    return isFalse(word) ? null : statement('unknown', title, isTrue(word) ? word : 'filled');
  return isSuspicious(word) ? statement('unknown', title, word) : null;
}

function isSuspicious(word: string): boolean {
  const status = STATUS_WORDS.get(word);
  return isTrue(word) || isFalse(word) || SUSPICIOUS.has(word) || (status ?? 'mailable') !== 'mailable';
}

/** Tags: `vip, unsubscribed`, `["vip","opted-out"]`. */
function withinList(title: string, cell: string): Statement | null {
  const words = cell.slice(0, 2_000).split(SEPARATORS).map(foldWord);
  const word = words.find(isUnmistakable);
  return word === undefined ? null : statement('unknown', title, word);
}

function withinJson(title: string, cell: string, fold: Fold): Statement | null {
  for (const [name, text] of attributesOfJson(cell) ?? []) {
    const folded = foldTitle(name);
    const kind = columnKindOf(folded)?.kind;
    const word = fold(text);
    if ((kind === 'filled' && isFalse(word)) || (kind === 'flag' && isTrue(word))) continue;
    const hint = kind === 'filled' ? 'gone' : kind ? 'mail' : hintOf(folded);
    const found = suspect(`${title}: ${name}`, hint, text, fold);
    if (found) return found;
  }
  return null;
}
