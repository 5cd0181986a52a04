/** The rows of a file as people, in batches. Rows that are refused go into the report. */
import { Refused } from '../../errors.ts';
import type { CsvRecord } from '../csv/records.ts';
import { type Person, readPerson } from '../person/person.ts';
import { rankOf, type Statement } from '../status/status.ts';
import { addressIn, cellsOf, personOf } from './cells.ts';
import { type Columns, readColumns } from './columns.ts';
import { type OpenedFile, rowsOf } from './files.ts';
import type { ReportLine } from './report-lines.ts';
import type { ImportRun } from './run.ts';

export interface Row {
  line: number;
  person: Person;
  /** The strongest statement of the row; null when it says nothing. */
  statement: Statement | null;
}

export interface Batch {
  /** Null: there is only one file. */
  file: string | null;
  /** Includes rows that were refused. */
  read: number;
  rows: Row[];
  /** About rows that were refused, and values that were left out. */
  lines: ReportLine[];
}

const BATCH_ROWS = 4_000;
/** Batches are the same in each run of the same files: an import that was killed continues after the last of them. */
const BATCH_LINES = 5_000;

export async function* readBatches(run: ImportRun, file: OpenedFile): AsyncGenerator<Batch> {
  const columns = columnsOf(run, file);
  const empty = (): Batch => ({ file: run.namesFiles ? file.file.name : null, read: 0, rows: [], lines: [] });
  let batch = empty();
  for await (const records of rowsOf(file)) {
    for (const record of records) {
      readRow(run, file, columns, record, batch);
      if (batch.rows.length < BATCH_ROWS && batch.lines.length < BATCH_LINES) continue;
      yield batch;
      batch = empty();
    }
  }
  if (batch.read > 0) yield batch;
}

function columnsOf({ answers, writer }: ImportRun, file: OpenedFile): Columns {
  const { headerRecord, header, statusReader } = file;
  const columns = readColumns(headerRecord, header, statusReader.columns, answers);
  writer.addColumns(header.titles, statusReader.columns, columns);
  return columns;
}

function readRow(run: ImportRun, file: OpenedFile, columns: Columns, record: CsvRecord, batch: Batch): void {
  const { line } = record;
  const report = (what: ReportLine['what'], reason: string) => batch.lines.push({ line, what, reason });
  batch.read += 1;
  try {
    const cells = cellsOf(columns, record);
    refuseDeleted(addressIn(columns, cells));
    const statement = run.statements === null ? null : file.statusReader.read(cells);
    const person = personFrom(columns, cells, statement, (text) => report('left out', text));
    run.types.add(person.attributes);
    batch.rows.push({ line, statement, person });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    report('refused', error.message);
  }
}

/** If the rest of the row is invalid, a person who left is still recorded, by the address alone. */
function personFrom(
  columns: Columns,
  cells: readonly string[],
  statement: Statement | null,
  remark: (text: string) => void,
): Person {
  try {
    return personOf(columns, cells, remark);
  } catch (error) {
    const isGone = statement !== null && rankOf(statement.status) <= rankOf('bounced');
    if (!isGone || !(error instanceof Refused)) throw error;
    return readPerson({ email: addressIn(columns, cells) });
  }
}

/** Substack's placeholder for people who had themselves deleted. */
function refuseDeleted(address: string): void {
  if (/@deletion-request\.substack\.com$/i.test(address))
    throw new Refused('bad-row', 'this person was deleted at Substack');
}
