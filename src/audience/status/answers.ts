/** What the operator says about columns and words that the import does not know. */
import { Refused, Usage } from '../../errors.ts';
import { foldTitle, foldWord } from './fold.ts';
import type { Status } from './status.ts';
import { STATUS_WORDS } from './words.ts';

export interface StatusAnswers {
  /** Titles of columns whose words are statuses, whatever the columns are called. */
  statusColumns: readonly string[];
  /** Titles of columns that are attributes and nothing else. */
  attributeColumns: readonly string[];
  /** Titles of columns that are left out. */
  ignoreColumns: readonly string[];
  /** What columns hold, keyed by folded title: `email`, `name`, ..., `tags`, `status` or the name of an attribute. */
  map?: ReadonlyMap<string, string>;
  /** Keyed by folded word; `blank` is an empty cell. */
  treat: ReadonlyMap<string, Status>;
}

export const NO_ANSWERS: StatusAnswers = {
  statusColumns: [],
  attributeColumns: [],
  ignoreColumns: [],
  treat: new Map(),
};

/** The name of the file, where a question or an answer names a column. */
export const FILE_NAME = 'file name';
/** An empty cell, where a question or an answer names a word. */
export const BLANK = 'blank';

/** `--map "Their column=email"`. Throws Usage. */
export function readMap(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.lastIndexOf('=');
      const [title, target] = [foldTitle(text.slice(0, Math.max(0, at))), text.slice(at + 1).trim()];
      if (at >= 1 && title !== '' && target !== '') return [title, target];
      throw new Usage(
        `--map takes COLUMN=email|name|language|timezone|tags|status|ATTRIBUTE, e.g. --map "E-Mail 2=email", found "${text.slice(0, 80)}"`,
      );
    }),
  );
}

/** `--treat WORD=STATUS`. */
const ANSWER_WORDS: Readonly<Record<string, Status>> = {
  confirmed: 'mailable',
  left: 'left',
  unsubscribed: 'left',
  bounced: 'bounced',
  complained: 'complained',
  pending: 'unconfirmed',
  skip: 'skipped',
};

/** Throws Usage for a malformed answer, and Refused for one that would bring back somebody who left. */
export function readAnswers(texts: readonly string[]): Map<string, Status> {
  return new Map(texts.map(readAnswer));
}

function readAnswer(text: string): [string, Status] {
  const at = text.lastIndexOf('=');
  const word = foldWord(text.slice(0, Math.max(0, at)));
  const status = ANSWER_WORDS[foldWord(text.slice(at + 1))];
  if (at < 1 || word === '' || !status)
    throw new Usage(
      `--treat takes WORD=confirmed|left|bounced|complained|pending|skip, e.g. --treat disabled=left, found "${text.slice(0, 80)}"`,
    );
  const known = STATUS_WORDS.get(word);
  const gone = known === 'left' || known === 'bounced' || known === 'complained';
  if (gone && (status === 'mailable' || status === 'unconfirmed'))
    throw new Refused('kept-out', `--treat: "${word}" says ${known}, and an import brings nobody back`);
  return [word, status];
}
