/**
 * The first pass over the files of an import, before anything is written: what do they say about whom? The strongest
 * statement about an address applies to all its rows in all files, so those who must not be written to are collected in a
 * temporary table (`statements.ts`).
 */
import { readAddress } from '../../consent/identity.ts';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import type { CsvRecord } from '../csv/records.ts';
import { rankOf } from '../status/status.ts';
import { addressIn, cellsOf } from './cells.ts';
import type { Header } from './columns.ts';
import { type OpenedFile, rowsOf } from './files.ts';
import { Questions } from './questions.ts';
import { createStatements, keepStrongest, type Statements, saveStatements } from './statements.ts';

const BATCH_ROWS = 2_000;

/** Reads all rows and fills the table of statements. Returns what the operator has to be asked. */
export async function survey(db: Db, files: readonly OpenedFile[]): Promise<Questions> {
  await createStatements(db);
  const questions = new Questions();
  let statements: Statements = new Map();
  for (const file of files) {
    for await (const records of rowsOf(file)) {
      for (const record of records) surveyRow(file, record, statements, questions);
      if (statements.size < BATCH_ROWS) continue;
      await saveStatements(db, statements);
      statements = new Map();
    }
    for (const title of file.statusReader.ignoreBlankFlags()) questions.drop(title);
  }
  await saveStatements(db, statements);
  return questions;
}

function surveyRow(file: OpenedFile, record: CsvRecord, statements: Statements, questions: Questions): void {
  const { header, statusReader } = file;
  const row = readRow(header, record);
  if (!row) {
    surveyRefusedRow(file, record, statements);
    return;
  }
  statusReader.observe(row.cells);
  const strongest = statusReader.read(row.cells);
  if (strongest?.status === 'unknown') {
    for (const statement of statusReader.statements(row.cells))
      if (statement.status === 'unknown') questions.ask(statement, false);
  } else if (strongest && strongest.status !== 'mailable') keepStrongest(statements, row.identity, strongest);
  if (strongest && rankOf(strongest.status) <= rankOf('skipped')) return;
  const suspicious = statusReader.suspicious(row.cells);
  if (suspicious) questions.ask(suspicious, true);
}

/** Null: the row will be refused. */
function readRow(header: Header, record: CsvRecord): { identity: string; cells: string[] } | null {
  try {
    const cells = cellsOf(header, record);
    return { cells, identity: readAddress(addressIn(header, cells)).identity };
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

const ADDRESS = /[^\s<>"',;:()]+@[^\s<>"',;:()]+/g;

/** A row that will be refused may still say that somebody left who is a reader in another row. */
function surveyRefusedRow(
  { header, statusReader }: OpenedFile,
  { cells }: CsvRecord,
  statements: Statements,
): void {
  const strongest = cells ? statusReader.read(cells) : null;
  if (!cells || !strongest || rankOf(strongest.status) > rankOf('unconfirmed')) return;
  for (const address of addressIn(header, cells).match(ADDRESS) ?? []) {
    const row = readRow(header, {
      line: 0,
      cells: cells.map((_, at) => (at === header.email ? address : '')).slice(0, header.titles.length),
    });
    if (row) keepStrongest(statements, row.identity, strongest);
  }
}
