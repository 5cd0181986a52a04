/**
 * Turns lines into records (RFC 4180) so that one broken quote costs one line and not the rest of the file.
 *
 * In valid CSV a record has an even number of quotes, and every line of it but the last leaves a cell open. So lines are
 * collected until the number of quotes is even, and csv-parse parses the result. If that is invalid, or too long, only the
 * first line is refused and the others are read again by themselves.
 */
import { parse } from 'csv-parse/sync';
import { type Line, MAX_ROW_CHARS } from './lines.ts';

export type CsvRecord =
  | { line: number; cells: string[]; reason?: undefined }
  | { line: number; cells?: undefined; reason: string };

/** A cell that spans more lines than this counts as never closed. */
const MAX_ROW_LINES = 100;

export class RecordReader {
  readonly #delimiter: string;
  #open: Line[] = [];
  #openLength = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** Complete records, in order. */
  push(lines: readonly Line[]): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const line of lines) this.#take(line, records);
    return records;
  }

  /** The records left open at the end of the file. */
  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    while (this.#open.length > 0) this.#giveUp(records, 'a quote opens here and is never closed');
    return records;
  }

  #take(line: Line, records: CsvRecord[]): void {
    if (this.#open.length === 0 && !line.text.includes('"')) {
      records.push(this.#plain(line));
      return;
    }
    this.#open.push(line);
    this.#openLength += line.text.length + 1;
    if (this.#openLength > MAX_ROW_CHARS || this.#open.length > MAX_ROW_LINES)
      this.#giveUp(records, `the row is longer than ${MAX_ROW_CHARS} characters or ${MAX_ROW_LINES} lines`);
    else if (countQuotes(this.#open) % 2 === 0) this.#close(records);
  }

  #plain(line: Line): CsvRecord {
    if (line.text.length > MAX_ROW_CHARS)
      return { line: line.number, reason: `the line is longer than ${MAX_ROW_CHARS} characters` };
    return { line: line.number, cells: line.text.split(this.#delimiter) };
  }

  #close(records: CsvRecord[]): void {
    const cells = this.#parse(this.#open.map((line) => line.text).join('\n'));
    if (cells === null) {
      this.#giveUp(records, 'broken quoting: a quote is misplaced or never closed');
      return;
    }
    records.push({ line: this.#open[0]?.number ?? 0, cells });
    this.#open = [];
    this.#openLength = 0;
  }

  /** Refuses the first of the open lines and reads the others again. */
  #giveUp(records: CsvRecord[], reason: string): void {
    const [first, ...others] = this.#open;
    this.#open = [];
    this.#openLength = 0;
    if (first) records.push({ line: first.number, reason });
    for (const line of others) this.#take(line, records);
  }

  /** Null unless the text is exactly one valid record. */
  #parse(text: string): string[] | null {
    try {
      const rows = parse(text, {
        delimiter: this.#delimiter,
        relax_column_count: true,
        record_delimiter: '\r\n',
      });
      return rows.length === 1 ? (rows[0] ?? null) : null;
    } catch {
      return null;
    }
  }
}

function countQuotes(lines: readonly Line[]): number {
  let count = 0;
  for (const { text } of lines)
    for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}
