/** What an import must ask before it writes anything: what unknown words mean. */
import { Refused } from '../../errors.ts';
import { BLANK, FILE_NAME } from '../status/answers.ts';
import type { Statement } from '../status/status.ts';

interface Question {
  column: string;
  /** Folded; `blank` for an empty cell. */
  word: string;
  rows: number;
  /** The column would become an attribute, but contains a word about leaving. */
  attribute: boolean;
}

const MAX_KINDS = 2_000;

export class Questions {
  readonly #questions = new Map<string, Question>();
  /** Rows with further words, which are only counted. */
  #more = 0;

  ask({ column, word }: Pick<Statement, 'column' | 'word'>, attribute: boolean): void {
    const key = JSON.stringify([column, word]);
    const known = this.#questions.get(key);
    if (known) known.rows += 1;
    else if (this.#questions.size < MAX_KINDS)
      this.#questions.set(key, { column: column ?? '', word, rows: 1, attribute });
    else this.#more += 1;
  }

  /** Drops the question about blanks in a flag that turned out to be blank in all rows. */
  drop(column: string): void {
    this.#questions.delete(JSON.stringify([column, BLANK]));
  }

  get all(): Question[] {
    return [...this.#questions.values()].sort((a, b) => b.rows - a.rows);
  }

  get refusal(): UnknownWords | null {
    return this.#questions.size === 0 ? null : new UnknownWords(this.all, this.#more);
  }
}

const MAX_VALUES_PER_COLUMN = 12;

/** Nothing was written: the operator must say what the words mean. */
export class UnknownWords extends Refused {
  readonly questions: readonly Question[];

  constructor(questions: readonly Question[], more: number) {
    super('unknown-words', messageOf(questions, more));
    this.questions = questions;
  }
}

function messageOf(questions: readonly Question[], more: number): string {
  const columns = [...new Set(questions.map(({ column }) => column))];
  const lines = columns.map((column) => {
    const words = questions.filter((one) => one.column === column);
    const listed = words.slice(0, MAX_VALUES_PER_COLUMN).map(({ word, rows }) => `${quoted(word)} (${rows})`);
    const others =
      words.length > MAX_VALUES_PER_COLUMN ? `, and ${words.length - MAX_VALUES_PER_COLUMN} other words` : '';
    return `  ${column === FILE_NAME ? 'the file name' : `column "${column}"`}: ${listed.join(', ')}${others}`;
  });
  return [
    'nothing was imported: the file does not say clearly who may be written to. Words, with the number of their rows:',
    ...lines,
    ...(more > 0 ? [`  and ${more} rows with further words`] : []),
    'Say what they mean, and import again:',
    ...hints(questions),
  ].join('\n');
}

function hints(questions: readonly Question[]): string[] {
  const word = questions.find(({ attribute }) => !attribute)?.word;
  const attribute = questions.find((one) => one.attribute)?.column;
  const column = questions.find(({ column: name }) => name !== FILE_NAME)?.column;
  return [
    ...(word === undefined
      ? []
      : [
          `  --treat ${shell(`${word}=left`)}   (or confirmed, bounced, complained, pending, skip; once for each word)`,
        ]),
    ...(attribute === undefined
      ? []
      : [`  --status-column ${shell(attribute)}   if the column holds the state of people`]),
    ...(column === undefined
      ? [`  --ignore-column ${shell(FILE_NAME)}   if the name of the file says nothing`]
      : [
          `  --attribute-column ${shell(column)}   if it is about something else, and you want to keep it as an attribute`,
          `  --ignore-column ${shell(column)}   if you want to leave it out`,
        ]),
  ];
}

const quoted = (word: string): string => (word === BLANK ? BLANK : `"${word}"`);
const shell = (text: string): string =>
  /^[\p{L}\p{N}_=.-]+$/u.test(text) ? text : `"${text.replace(/["$`\\]/g, '')}"`;
