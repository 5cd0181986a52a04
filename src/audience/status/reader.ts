/**
 * What the rows of a file say about the status of people. Nothing is guessed: a word that is not known is `unknown`, and
 * the import asks about it.
 *
 * Columns are sorted by their titles (`columns.ts`, `titles.ts`). Each cell of a status column then makes a statement
 * (`cells.ts`), and so does the name of the file (`file-name.ts`); the strongest statement of a row counts. Cells of other
 * columns can only raise a question (`suspicion.ts`).
 */
import type { StatusAnswers } from './answers.ts';
import { cellStatement, type FileWords } from './cells.ts';
import { type FileHeader, type OtherColumn, type StatusColumn, sortColumns } from './columns.ts';
import { fileNameStatement } from './file-name.ts';
import { cellFolder, foldTitle } from './fold.ts';
import { type Statement, strongest } from './status.ts';
import { suspiciousCell } from './suspicion.ts';
import { findTool, type Tool } from './tools.ts';
import { isUnanswered } from './words.ts';

export class StatusReader {
  /** The tool that wrote the file, if its files need special care. */
  readonly tool: Tool | null;
  readonly #statusColumns: readonly StatusColumn[];
  readonly #otherColumns: readonly OtherColumn[];
  readonly #words: FileWords;
  readonly #ofFileName: Statement | null;
  readonly #fold = cellFolder();
  /** Flags that are blank in every row observed so far. */
  readonly #blankFlags: Set<number>;
  #ignoredFlags: ReadonlySet<number> = new Set();

  constructor(fileName: string, header: FileHeader, answers: StatusAnswers) {
    this.tool = header.own ? null : findTool(header.titles.map(foldTitle));
    const { statusColumns, otherColumns } = sortColumns(header, this.tool, answers);
    this.#statusColumns = statusColumns;
    this.#otherColumns = otherColumns;
    this.#words = { tool: this.tool?.words ?? {}, treat: answers.treat };
    this.#ofFileName = fileNameStatement(fileName, answers);
    this.#blankFlags = new Set(statusColumns.filter(({ kind }) => kind.kind === 'flag').map(({ at }) => at));
  }

  /** Whether any row can say something: then all rows must be read before the first one is written. */
  get canSayAnything(): boolean {
    return this.#statusColumns.length > 0 || this.#otherColumns.length > 0 || this.#ofFileName !== null;
  }

  /** Indexes of the status columns. */
  get columns(): ReadonlySet<number> {
    return new Set(this.#statusColumns.map(({ at }) => at));
  }

  /** Notes which flags the row fills in. */
  observe(cells: readonly string[]): void {
    for (const at of this.#blankFlags)
      if (!isUnanswered(this.#fold(cells[at] ?? ''))) this.#blankFlags.delete(at);
  }

  /** After all rows were observed: flags that are blank throughout say nothing from now on. Returns their titles. */
  ignoreBlankFlags(): string[] {
    this.#ignoredFlags = this.#blankFlags;
    return this.#statusColumns.filter(({ at }) => this.#ignoredFlags.has(at)).map(({ title }) => title);
  }

  /** Everything that the row says. */
  statements(cells: readonly string[]): Statement[] {
    const found = this.#ofFileName ? [this.#ofFileName] : [];
    for (const column of this.#statusColumns) {
      const text = cells[column.at] ?? '';
      const ignoresBlank = this.#ignoredFlags.has(column.at);
      const statement = cellStatement(column, text, this.#fold(text), this.#words, ignoresBlank);
      if (statement) found.push(statement);
    }
    return found;
  }

  /** The strongest statement of the row, with its date; null when the row says nothing. */
  read(cells: readonly string[]): Statement | null {
    const found = this.statements(cells);
    const winner = found.reduce(strongest, null);
    if (!winner || winner.at) return winner;
    const dated = found.find(({ at, status }) => at && status === winner.status);
    return dated ? { ...winner, at: dated.at, evidence: dated.evidence } : winner;
  }

  /** A cell of another column that may mean that somebody must not be written to. */
  suspicious(cells: readonly string[]): Statement | null {
    for (const column of this.#otherColumns) {
      const found = suspiciousCell(column, cells[column.at] ?? '', this.#fold);
      if (found) return found;
    }
    return null;
  }
}
