/** The rows of a file as people, in batches. Rows that are refused go into the report. */
import { Refused } from '../../errors.ts';
import type { CsvRecord } from '../csv/records.ts';
import { type Person, readPerson } from '../person/person.ts';
import { rankOf, type Statement } from '../status/status.ts';
import { addressIn, cellsOf, personOf } from './cells.ts';
import { type Columns, readColumns } from './columns.ts';
import { type OpenedFile, rowsOf } from './files.ts';
import type { ImportRun } from './run.ts';

export interface Row {
  person: Person;
  /** The strongest statement of the row; null when it says nothing. */
  statement: Statement | null;
}

const BATCH_ROWS = 2_000;

export async function* readBatches(run: ImportRun, file: OpenedFile): AsyncGenerator<Row[]> {
  const columns = columnsOf(run, file);
  let batch: Row[] = [];
  for await (const records of rowsOf(file)) {
    for (const record of records) {
      const row = readRow(run, file, columns, record);
      if (!row) continue;
      batch.push(row);
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function columnsOf({ answers, writer }: ImportRun, file: OpenedFile): Columns {
  const { headerRecord, header, statusReader } = file;
  const columns = readColumns(headerRecord, header, statusReader.columns, answers);
  writer.addColumns(header.titles, statusReader.columns, columns);
  return columns;
}

function readRow(run: ImportRun, file: OpenedFile, columns: Columns, record: CsvRecord): Row | null {
  const { writer } = run;
  const name = run.namesFiles ? file.file.name : null;
  writer.report.read += 1;
  try {
    const cells = cellsOf(columns, record);
    refuseDeleted(addressIn(columns, cells));
    const statement = run.statements === null ? null : file.statusReader.read(cells);
    const remark = (text: string) => writer.remark(record.line, text, name);
    return { statement, person: personFrom(columns, cells, statement, remark) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    writer.refuse(record.line, error.message, name);
    return null;
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
