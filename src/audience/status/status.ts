/** The seven statuses that a file can give a person, and why a row gives one. */

/** The strongest first: it overrides all other cells, rows and files about the same address. */
const STATUSES = ['complained', 'left', 'bounced', 'unconfirmed', 'skipped', 'unknown', 'mailable'] as const;

export type Status = (typeof STATUSES)[number];

/** The smaller the rank, the stronger the status. */
export const rankOf = (status: Status): number => STATUSES.indexOf(status);

/** What a cell, or the name of the file, says about a person. */
export interface Statement {
  status: Status;
  /** The title in the file, or `file name`; null when no column says anything. */
  column: string | null;
  /** The cell, or `filled`, or `blank`. */
  word: string;
  /** When they left or bounced, if the row has a date for it that we can read. */
  at: Date | null;
  /** The text that the date was read from. */
  evidence: string | null;
}

export function statement(status: Status, column: string, word: string): Statement {
  return { status, column, word: word.slice(0, 80), at: null, evidence: null };
}

/** The stronger of two statements; null when there is neither. */
export function strongest(a: Statement | null, b: Statement | null): Statement | null {
  if (!a || !b) return a ?? b;
  return rankOf(b.status) < rankOf(a.status) ? b : a;
}
