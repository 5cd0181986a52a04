/** What a file says of a person, in one of seven meanings. */

/** The strongest first: it wins over all other cells, rows and files of the same address. */
export const MEANINGS = [
  'complained',
  'left',
  'bounced',
  'unconfirmed',
  'skipped',
  'unknown',
  'mailable',
] as const;

export type Meaning = (typeof MEANINGS)[number];

/** Small is strong. */
export const rankOf = (meaning: Meaning): number => MEANINGS.indexOf(meaning);

/** Why a row means what it means. */
export interface Statement {
  meaning: Meaning;
  /** As the file names it; `file name` for the name of the file; null: no column says anything. */
  column: string | null;
  /** The cell, or `filled`, or `blank`. */
  word: string;
  /** When they left or bounced, if the row has a date for it that can be read. */
  at: Date | null;
  /** What the date was read from, as it stands. */
  evidence: string | null;
}
