/**
 * The first look at the files of an import: what they say of whom, before anything is written. The strongest word of
 * an address counts for all its rows, in all files, so those who may not be written to are gathered in a table of the
 * session; memory stays flat.
 */
import { sql } from 'kysely';
import { readAddress } from '../../consent/identity.ts';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import { readCsv } from '../csv/read.ts';
import type { CsvRecord } from '../csv/records.ts';
import { type Meaning, rankOf, type Statement } from '../status/meaning.ts';
import { type StatusAnswers, StatusReader } from '../status/reader.ts';
import { addressIn, cellsOf, type Header, readHeader } from './columns.ts';
import { Questions } from './questions.ts';

export interface ImportFile {
  /** Its base name may say who is in it. Empty: standard input. */
  name: string;
  /** From its beginning, each time. */
  open(): AsyncIterable<Uint8Array>;
}

export interface Surveyed {
  file: ImportFile;
  /** The record of the header, for its line. */
  first: CsvRecord;
  header: Header;
  status: StatusReader;
  /** Addresses without a header: it cannot tell anything of anybody. */
  bare: boolean;
}

/** The headers alone. Throws Refused for wrong columns and files without any. */
export async function readHeaders(files: readonly ImportFile[], answers: StatusAnswers): Promise<Surveyed[]> {
  const surveyed: Surveyed[] = [];
  for (const file of files) surveyed.push(await named(file, files.length, () => readFirst(file, answers)));
  return surveyed;
}

/** With several files, faults say in which. */
async function named<T>(file: ImportFile, count: number, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refused && count > 1)
      throw new Refused(error.code, `${file.name}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function readFirst(file: ImportFile, answers: StatusAnswers): Promise<Surveyed> {
  for await (const [first] of readCsv(file.open())) {
    if (!first) continue;
    const header = readHeader(first);
    const bare = first.line === 0;
    const about = { ...header, own: header.history !== null, name: bare ? header.name : -1 };
    const status = new StatusReader(file.name, about, answers);
    return { file, first, header, status, bare };
  }
  throw new Refused('empty-file', 'expected a CSV file with a header, found nothing');
}

/** Rows of all files, with their numbers; the header is left out. */
export async function* rowsOf({ file }: Surveyed): AsyncGenerator<CsvRecord[]> {
  let isFirst = true;
  for await (const records of readCsv(file.open())) {
    if (records.length === 0) continue;
    yield isFirst ? records.slice(1) : records;
    isFirst = false;
  }
}

const BATCH = 2_000;

type Gathered = Map<string, Statement>;

/**
 * Reads all rows, and fills the table of those who may not be written to. `db`: one connection, as the table is its
 * own. Answers with what has to be asked.
 */
export async function survey(db: Db, files: readonly Surveyed[]): Promise<Questions> {
  await makeTable(db);
  const questions = new Questions();
  let gathered: Gathered = new Map();
  for (const one of files) {
    for await (const records of rowsOf(one)) {
      for (const record of records) look(one, record, gathered, questions);
      if (gathered.size < BATCH) continue;
      await keep(db, gathered);
      gathered = new Map();
    }
    for (const title of one.status.settle()) questions.drop(title);
  }
  await keep(db, gathered);
  return questions;
}

function look(
  { header, status }: Surveyed,
  record: CsvRecord,
  gathered: Gathered,
  questions: Questions,
): void {
  const row = readRow(header, record);
  if (!row) {
    heedRefused(header, status, record, gathered);
    return;
  }
  status.hear(row.cells);
  const strongest = status.read(row.cells);
  if (strongest?.meaning === 'unknown') {
    for (const statement of status.statements(row.cells))
      if (statement.meaning === 'unknown') questions.ask(statement, false);
  } else if (strongest && strongest.meaning !== 'mailable') gather(gathered, row.identity, strongest);
  if (strongest && rankOf(strongest.meaning) <= rankOf('skipped')) return;
  const suspicious = status.suspicious(row.cells);
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

/** A row that cannot be taken may still say that somebody left who stands in another row as a reader. */
function heedRefused(header: Header, status: StatusReader, { cells }: CsvRecord, gathered: Gathered): void {
  const strongest = cells ? status.read(cells) : null;
  if (!cells || !strongest || rankOf(strongest.meaning) > rankOf('unconfirmed')) return;
  for (const address of addressIn(header, cells).match(ADDRESS) ?? []) {
    const row = readRow(header, {
      line: 0,
      cells: cells.map((_, at) => (at === header.email ? address : '')).slice(0, header.titles.length),
    });
    if (row) gather(gathered, row.identity, strongest);
  }
}

function gather(gathered: Gathered, identity: string, statement: Statement): void {
  const known = gathered.get(identity);
  if (!known || rankOf(statement.meaning) < rankOf(known.meaning)) gathered.set(identity, statement);
}

async function makeTable(db: Db): Promise<void> {
  await dropTable(db);
  await sql`CREATE TEMP TABLE import_status (identity text PRIMARY KEY, rank smallint NOT NULL, meaning text NOT NULL,
    "column" text, word text NOT NULL, at timestamptz, evidence text)`.execute(db);
}

export async function dropTable(db: Db): Promise<void> {
  await sql`DROP TABLE IF EXISTS pg_temp.import_status`.execute(db);
}

async function keep(db: Db, gathered: Gathered): Promise<void> {
  if (gathered.size === 0) return;
  const rows = [...gathered];
  const column = <T>(read: (statement: Statement) => T) => rows.map(([, statement]) => read(statement));
  await sql`INSERT INTO pg_temp.import_status AS t
    SELECT * FROM unnest(${rows.map(([identity]) => identity)}::text[], ${column(({ meaning }) => rankOf(meaning))}::smallint[],
      ${column(({ meaning }) => meaning)}::text[], ${column((one) => one.column)}::text[],
      ${column(({ word }) => word)}::text[], ${column(({ at }) => at)}::timestamptz[],
      ${column(({ evidence }) => evidence)}::text[])
    ON CONFLICT (identity) DO UPDATE SET rank = excluded.rank, meaning = excluded.meaning, "column" = excluded."column",
      word = excluded.word, at = excluded.at, evidence = excluded.evidence
    WHERE excluded.rank < t.rank`.execute(db);
}

/** By identity, what was gathered of these people. */
export async function gatheredOf(db: Db, identities: readonly string[]): Promise<Map<string, Statement>> {
  const { rows } = await sql<Statement & { identity: string; meaning: Meaning }>`
    SELECT identity, meaning, "column", word, at, evidence FROM pg_temp.import_status
    WHERE identity = ANY(${[...identities]}::text[])`.execute(db);
  return new Map(rows.map(({ identity, ...statement }) => [identity, statement]));
}
