/**
 * The columns of a file that say how people stand, and what a row says by them. Nothing is guessed: what is not
 * known is `unknown`, and the import asks.
 */
import { Refused, Usage } from '../../errors.ts';
import { attributesOfJson } from '../fields/attributes-json.ts';
import { looksLikeDate, readDate } from './dates.ts';
import { isPlain, isSmallCount } from './filled.ts';
import { foldTitle, foldWord } from './fold.ts';
import { fileSpeaksOfGone, type Hint, titleHints } from './hints.ts';
import { type Meaning, rankOf, type Statement } from './meaning.ts';
import { type Says, titleSays } from './titles.ts';
import { type Tool, toolOf } from './tools.ts';
import { isFalse, isNothing, isTrue, isUnanswered, isUnmistakable, WORDS } from './words.ts';

/** What the operator says of columns and words. */
export interface StatusAnswers {
  /** Titles of columns whose words say how people stand, whatever they are called. */
  statusColumns: readonly string[];
  /** Titles of columns that are attributes and nothing else. */
  attributeColumns: readonly string[];
  /** Titles of columns that are left out. */
  ignoreColumns: readonly string[];
  /** By folded word; `blank` for an empty cell. */
  treat: ReadonlyMap<string, Meaning>;
}

export const NO_ANSWERS: StatusAnswers = {
  statusColumns: [],
  attributeColumns: [],
  ignoreColumns: [],
  treat: new Map(),
};

interface StatusColumn {
  at: number;
  title: string;
  says: Says;
}

/** Names of files by who is in them. */
const FILES: Readonly<Record<string, string>> = {
  unsubscribes: 'unsubscribed',
  unsubscribers: 'unsubscribed',
  bounces: 'bounced',
};

interface OtherColumn {
  at: number;
  title: string;
  hint: Hint;
}

interface FileHeader {
  titles: readonly string[];
  taken: ReadonlySet<number>;
  own: boolean;
  /** Of a list without a header, the place of what stands beside the address; -1: none. */
  name?: number;
}

/** In a column that is about mail, and is no column of words that we know. */
const DOUBTFUL = new Set(
  'inactive disabled cancelled canceled suspended expired never none pasif iptal'.split(' '),
);
const SEVERAL = /[,;|[]/;
const SEPARATORS = /[,;|[\]]/;

export const FILE_NAME = 'file name';
export const BLANK = 'blank';

export class StatusReader {
  readonly tool: Tool | null;
  readonly #columns: readonly StatusColumn[];
  /** Columns that are attributes as far as their title tells: a word there may tell otherwise. */
  readonly #others: readonly OtherColumn[];
  readonly #answers: StatusAnswers;
  readonly #ofFile: Statement | null;
  readonly #folded = new Map<string, string>();
  /** Flags that are blank in every row that was heard. */
  readonly #blank: Set<number>;
  #silent: ReadonlySet<number> = new Set();

  /**
   * `taken`: columns that are read for something else, e.g. the address. `own`: our own export, whose attributes are
   * what they are called.
   */
  constructor(
    fileName: string,
    { titles, taken, own, name: nameAt = -1 }: FileHeader,
    answers: StatusAnswers,
  ) {
    this.#answers = answers;
    const folded = titles.map(foldTitle);
    this.tool = own ? null : toolOf(folded);
    const named = (list: readonly string[]) => new Set(list.map(foldTitle));
    const [told, attributes, ignored] = [
      named(answers.statusColumns),
      named(answers.attributeColumns),
      named(answers.ignoreColumns),
    ];
    const columns: StatusColumn[] = [];
    const others: OtherColumn[] = [];
    for (const [at, title] of titles.entries()) {
      const name = folded[at] ?? '';
      // Lists without a header write `ann@example.org unsubscribed`.
      if (at === nameAt && !own && !attributes.has(name)) others.push({ at, title, hint: null });
      if (taken.has(at) || ignored.has(name) || attributes.has(name) || /^attribute:/i.test(title)) continue;
      const toolSays = this.tool?.columns?.[name];
      const says = told.has(name)
        ? ({ kind: 'words' } as const)
        : toolSays === undefined
          ? titleSays(name)
          : toolSays;
      if (own && !says) continue;
      if (says) columns.push({ at, title, says });
      else others.push({ at, title, hint: toolSays === null ? null : titleHints(name) });
    }
    this.#columns = columns;
    this.#others = others;
    this.#blank = new Set(columns.filter(({ says }) => says.kind === 'flag').map(({ at }) => at));
    this.#ofFile = ignored.has(foldTitle(FILE_NAME)) ? null : this.#fileSays(fileName);
  }

  /** Whether any row can say something: then all rows must be looked at before the first is written. */
  get speaks(): boolean {
    return this.#columns.length > 0 || this.#others.length > 0 || this.#ofFile !== null;
  }

  /** Places of the columns that say how people stand. */
  get places(): ReadonlySet<number> {
    return new Set(this.#columns.map(({ at }) => at));
  }

  /** Notes which flags the row fills in. */
  hear(cells: readonly string[]): void {
    for (const at of this.#blank) if (!isUnanswered(this.#fold(cells[at] ?? ''))) this.#blank.delete(at);
  }

  /** All rows were heard: flags that are blank throughout say nothing from now on. Answers with their titles. */
  settle(): string[] {
    this.#silent = this.#blank;
    return this.#columns.filter(({ at }) => this.#silent.has(at)).map(({ title }) => title);
  }

  /** All that the row says. */
  statements(cells: readonly string[]): Statement[] {
    const found = this.#ofFile ? [this.#ofFile] : [];
    for (const column of this.#columns) {
      const statement = this.#statementOf(column, cells[column.at] ?? '');
      if (statement) found.push(statement);
    }
    return found;
  }

  /** The strongest of all that the row says, with its date; null: it says nothing. */
  read(cells: readonly string[]): Statement | null {
    const found = this.statements(cells);
    if (found.length < 2) return found[0] ?? null;
    const strongest = found.reduce((best, one) => (rankOf(one.meaning) < rankOf(best.meaning) ? one : best));
    const dated = strongest.at
      ? strongest
      : found.find(({ at, meaning }) => at && meaning === strongest.meaning);
    return dated ? { ...strongest, at: dated.at, evidence: dated.evidence } : strongest;
  }

  /** A cell of another column that may mean that somebody may not be written to. */
  suspicious(cells: readonly string[]): Statement | null {
    for (const { at, title, hint } of this.#others) {
      const cell = cells[at] ?? '';
      const found = cell.startsWith('{') ? this.#withinJson(title, cell) : this.#doubt(title, hint, cell);
      if (found) return found;
    }
    return null;
  }

  #doubt(title: string, hint: Hint, cell: string): Statement | null {
    if (cell === '') return null;
    const listed = SEVERAL.test(cell) ? this.#withinList(title, cell) : null;
    if (listed) return listed;
    if (hint === null && cell.length > 30) return null;
    const word = this.#fold(cell);
    if (isUnmistakable(word)) return said('unknown', title, word);
    if (hint === null || isNothing(word)) return null;
    if (hint === 'count' && isSmallCount(word)) return null;
    if (hint === 'gone' || hint === 'count')
      return isFalse(word) ? null : said('unknown', title, isTrue(word) ? word : 'filled');
    const known = WORDS.get(word);
    const isDoubtful = isTrue(word) || isFalse(word) || DOUBTFUL.has(word) || (known && known !== 'mailable');
    return isDoubtful ? said('unknown', title, word) : null;
  }

  /** Tags: `vip, unsubscribed`, `["vip","opted-out"]`. */
  #withinList(title: string, cell: string): Statement | null {
    const words = cell.slice(0, 2_000).split(SEPARATORS).map(foldWord);
    const word = words.find(isUnmistakable);
    return word === undefined ? null : said('unknown', title, word);
  }

  #withinJson(title: string, cell: string): Statement | null {
    for (const [name, text] of attributesOfJson(cell) ?? []) {
      const folded = foldTitle(name);
      const says = titleSays(folded);
      const hint = says?.kind === 'filled' ? 'gone' : says ? 'mail' : titleHints(folded);
      const word = this.#fold(text);
      const isNo = says?.kind === 'filled' && isFalse(word);
      const isYes = says?.kind === 'flag' && isTrue(word);
      const found = isNo || isYes ? null : this.#doubt(`${title}: ${name}`, hint, text);
      if (found) return found;
    }
    return null;
  }

  #statementOf({ at, title, says }: StatusColumn, cell: string): Statement | null {
    const word = this.#fold(cell);
    if (says.kind === 'words') return this.#wordSays(title, word);
    if (says.kind === 'flag')
      return this.#silent.has(at) && isUnanswered(word) ? null : this.#flagSays(title, word, says.no, cell);
    if (isNothing(word) || isFalse(word)) return null;
    const short = isTrue(word) ? word : 'filled';
    if (says.as === 'unknown') return this.#answered(title, short);
    if (!isPlain(says, title, word)) return this.#answered(title, word);
    const evidence = looksLikeDate(cell) ? `${title} ${cell.trim().slice(0, 40)}` : null;
    return { ...said(says.as, title, short), at: readDate(cell), evidence };
  }

  #wordSays(title: string, word: string): Statement {
    const meaning = this.tool?.words?.[word] ?? this.#answers.treat.get(word) ?? WORDS.get(word);
    if (meaning) return said(meaning, title, word);
    return this.#answered(title, isNothing(word) ? BLANK : word);
  }

  #flagSays(title: string, word: string, no: Meaning, cell: string): Statement {
    if (isTrue(word)) return said('mailable', title, word);
    if (isFalse(word)) return no === 'unknown' ? this.#answered(title, word) : said(no, title, word);
    const meaning = WORDS.get(word);
    if (meaning) return said(meaning, title, word);
    if (looksLikeDate(cell)) return said('mailable', title, 'a date');
    return this.#answered(title, isNothing(word) ? BLANK : word);
  }

  #answered(title: string, word: string): Statement {
    return said(this.#answers.treat.get(word) ?? 'unknown', title, word);
  }

  /** Mailchimp's archive holds one file for each: `cleaned_email_audience_export_1a2b.csv`. */
  #fileSays(fileName: string): Statement | null {
    const [first, ...others] = foldWord(fileName.replace(/^.*[\\/]/, '')).split(/[ .]+/);
    const word = FILES[first ?? ''] ?? first ?? '';
    if (isUnmistakable(word)) return said(WORDS.get(word) ?? 'unknown', FILE_NAME, word);
    const another = others.find((other) => isUnmistakable(other) || other === 'nonsubscribed');
    if (word === 'nonsubscribed' || another) return this.#answered(FILE_NAME, another ?? word);
    const name = foldWord(fileName.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, ''));
    return fileSpeaksOfGone(foldTitle(name)) ? this.#answered(FILE_NAME, name) : null;
  }

  /** A file has few words and many cells. */
  #fold(cell: string): string {
    const known = this.#folded.get(cell);
    if (known !== undefined) return known;
    const word = foldWord(cell.slice(0, 200));
    if (this.#folded.size < 2_000) this.#folded.set(cell, word);
    return word;
  }
}

function said(meaning: Meaning, column: string, word: string): Statement {
  return { meaning, column, word: word.slice(0, 80), at: null, evidence: null };
}

/** `--treat WORD=MEANING`. */
const ANSWERS: Readonly<Record<string, Meaning>> = {
  confirmed: 'mailable',
  left: 'left',
  unsubscribed: 'left',
  bounced: 'bounced',
  complained: 'complained',
  pending: 'unconfirmed',
  skip: 'skipped',
};

/** Throws Usage for what is no answer, Refused for a word that means that somebody left. */
export function readAnswers(texts: readonly string[]): Map<string, Meaning> {
  return new Map(texts.map(readAnswer));
}

function readAnswer(text: string): [string, Meaning] {
  const at = text.lastIndexOf('=');
  const word = foldWord(text.slice(0, Math.max(0, at)));
  const meaning = ANSWERS[foldWord(text.slice(at + 1))];
  if (at < 1 || word === '' || !meaning)
    throw new Usage(
      `--treat takes WORD=confirmed|left|bounced|complained|pending|skip, e.g. --treat disabled=left, found "${text.slice(0, 80)}"`,
    );
  const known = WORDS.get(word);
  const gone = known === 'left' || known === 'bounced' || known === 'complained';
  if (gone && (meaning === 'mailable' || meaning === 'unconfirmed'))
    throw new Refused('kept-out', `--treat: "${word}" says ${known}, and an import brings nobody back`);
  return [word, meaning];
}
