/** What one cell of a status column says. */
import { BLANK } from './answers.ts';
import type { StatusColumn } from './columns.ts';
import { looksLikeDate, readDate } from './dates.ts';
import { isUnambiguous } from './filled-cells.ts';
import { type Statement, type Status, statement } from './status.ts';
import type { ColumnKind } from './titles.ts';
import { isBlank, isFalse, isTrue, isUnanswered, STATUS_WORDS } from './words.ts';

/** What words mean in this file, beside the words that everybody uses. */
export interface FileWords {
  /** Words of the tool that wrote the file. */
  tool: Readonly<Record<string, Status>>;
  /** What the operator says. */
  treat: ReadonlyMap<string, Status>;
}

interface Cell {
  title: string;
  text: string;
  /** The folded text. */
  word: string;
}

/** Null: the cell says nothing. `ignoresBlank`: the flag is blank in all rows. */
export function cellStatement(
  { title, kind }: StatusColumn,
  text: string,
  word: string,
  words: FileWords,
  ignoresBlank: boolean,
): Statement | null {
  const cell = { title, text, word };
  if (kind.kind === 'words') return wordStatement(cell, words);
  if (kind.kind === 'filled') return filledStatement(cell, kind, words);
  return ignoresBlank && isUnanswered(word) ? null : flagStatement(cell, kind.no, words);
}

function wordStatement({ title, word }: Cell, words: FileWords): Statement {
  const status = words.tool[word] ?? words.treat.get(word) ?? STATUS_WORDS.get(word);
  if (status) return statement(status, title, word);
  return answered(title, isBlank(word) ? BLANK : word, words);
}

function flagStatement({ title, text, word }: Cell, no: Status, words: FileWords): Statement {
  if (isTrue(word)) return statement('mailable', title, word);
  if (isFalse(word)) return no === 'unknown' ? answered(title, word, words) : statement(no, title, word);
  const status = STATUS_WORDS.get(word);
  if (status) return statement(status, title, word);
  if (looksLikeDate(text)) return statement('mailable', title, 'a date');
  return answered(title, isBlank(word) ? BLANK : word, words);
}

function filledStatement(
  { title, text, word }: Cell,
  kind: ColumnKind & { kind: 'filled' },
  words: FileWords,
): Statement | null {
  if (isBlank(word) || isFalse(word)) return null;
  const short = isTrue(word) ? word : 'filled';
  if (kind.as === 'unknown') return answered(title, short, words);
  if (!isUnambiguous(kind, title, word)) return answered(title, word, words);
  const evidence = looksLikeDate(text) ? `${title} ${text.trim().slice(0, 40)}` : null;
  return { ...statement(kind.as, title, short), at: readDate(text), evidence };
}

function answered(title: string, word: string, { treat }: FileWords): Statement {
  return statement(treat.get(word) ?? 'unknown', title, word);
}
