/**
 * Importing subscribers from CSV files, as streams: files of any size take the memory of a few batches. Columns that
 * say how people stand go before `--confirmed`: nobody who left, bounced or complained comes in as a reader, and a
 * word that is not known is asked about before anything is written. Each batch is one transaction, so an import that
 * was cut off is simply done again: what is there stays as it is.
 */
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import type { CsvRecord } from '../csv/records.ts';
import { type Meaning, rankOf, type Statement } from '../status/meaning.ts';
import { NO_ANSWERS, type StatusAnswers } from '../status/reader.ts';
import { addressIn, type Columns, cellsOf, personOf, readColumns } from './columns.ts';
import { type Person, readPerson } from './person.ts';
import { cameInAs, type ImportReport, ReportWriter } from './report.ts';
import { storePeople } from './store.ts';
import { type Departure, type Parts, storeDepartures } from './store-departures.ts';
import {
  dropTable,
  gatheredOf,
  type ImportFile,
  readHeaders,
  rowsOf,
  type Surveyed,
  survey,
} from './survey.ts';

export type { ImportReport } from './report.ts';
export type { ImportFile } from './survey.ts';

export interface ImportAsk {
  newsletterId: number;
  /** Where these people said yes, or left. Null: they are pending and get no mail. */
  source: string | null;
  /** All of them left the newsletter. */
  unsubscribed?: boolean;
  /** Says the same, writes nothing. */
  dryRun?: boolean;
  answers?: StatusAnswers;
  /** Called after each batch, for a progress line. */
  progress?: (report: Readonly<ImportReport>) => void;
}

const BATCH = 2_000;
/** Departures lock each identity: a server has room for some thousand locks. */
const DEPARTURES = 500;
const MAX_FILES = 100;
const MAX_SOURCE = 500;

/**
 * Throws Refused before anything is written when a file has the wrong columns or is empty, and UnknownWords when the
 * files do not say clearly who may be written to.
 */
export async function importSubscribers(
  parts: Parts,
  files: readonly ImportFile[],
  ask: ImportAsk,
): Promise<ImportReport> {
  if (files.length > MAX_FILES)
    throw new Refused('too-many-files', `expected at most ${MAX_FILES} files, found ${files.length}`);
  const source = ask.source === null ? null : readSource(ask.source);
  const writer = new ReportWriter(ask.dryRun ?? false);
  const surveyed = await readHeaders(files, ask.answers ?? NO_ANSWERS);
  for (const one of surveyed) noteTool(writer, one);
  const run = { parts, ask, source, writer, several: files.length > 1 };
  if (!surveyed.some(({ status }) => status.speaks)) return importRows({ ...run, own: null }, surveyed);
  return parts.db.connection().execute(async (own) => {
    try {
      const questions = await survey(own, surveyed);
      const refusal = baseOf(ask) === 'mailable' ? questions.refusal : null;
      if (refusal) throw refusal;
      return await importRows({ ...run, own }, surveyed);
    } finally {
      await dropTable(own);
    }
  });
}

/** What stands in the consent records as the source. Throws Refused('bad-source'). */
export function readSource(text: string): string {
  const source = text.trim();
  if (source !== '' && source.length <= MAX_SOURCE && !/\p{Cc}/u.test(source)) return source;
  throw new Refused(
    'bad-source',
    `expected a source of 1 to ${MAX_SOURCE} characters on one line, e.g. "moved from X"`,
  );
}

const BARE =
  'A list of bare addresses cannot tell who switched mail off or bounced: for Mailman take the output of `members --nomail enabled`.';

function noteTool(writer: ReportWriter, { status, bare }: Surveyed): void {
  if (status.tool?.note) writer.note(`${status.tool.name}: ${status.tool.note}`);
  if (bare) writer.note(BARE);
}

/** How somebody stands of whom no column says anything. */
function baseOf({ source, unsubscribed }: ImportAsk): Meaning {
  if (unsubscribed) return 'left';
  return source === null ? 'unconfirmed' : 'mailable';
}

interface Run {
  parts: Parts;
  ask: ImportAsk;
  source: string | null;
  writer: ReportWriter;
  several: boolean;
  /** The connection that has the table of those who may not be written to; null: no column says anything. */
  own: Db | null;
}

interface Row {
  person: Person;
  said: Statement | null;
}

async function importRows(run: Run, files: readonly Surveyed[]): Promise<ImportReport> {
  const { writer, ask } = run;
  let storing = Promise.resolve();
  try {
    for (const one of files) {
      for await (const batch of batches(run, one)) {
        await storing;
        // Not awaited yet: the next batch is read while the database writes this one.
        storing = storeBatch(run, batch).then(() => ask.progress?.(writer.report));
        // A failure is told by the next await; until then it must not count as unhandled.
        storing.catch(() => {});
      }
    }
  } finally {
    await storing;
  }
  return writer.report;
}

/** Reads on, and notes what it refuses in the report. */
async function* batches(run: Run, one: Surveyed): AsyncGenerator<Row[]> {
  const columns = columnsOf(run, one);
  let batch: Row[] = [];
  for await (const records of rowsOf(one)) {
    for (const record of records) {
      const row = readRow(run, one, columns, record);
      if (!row) continue;
      batch.push(row);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function columnsOf({ ask, writer }: Run, { first, header, status }: Surveyed): Columns {
  const columns = readColumns(first, header, status.places, ask.answers ?? NO_ANSWERS);
  const { statuses, attributes, leftOut } = writer.report.columns;
  const add = <T>(list: T[], one: T) => {
    if (!list.some((known) => JSON.stringify(known) === JSON.stringify(one))) list.push(one);
  };
  for (const at of status.places) add(statuses, header.titles[at] ?? '');
  for (const { at, name, json } of columns.attributes)
    add(attributes, {
      column: header.titles[at] ?? '',
      slot: json ? '{{reader.attributes.NAME}} for each NAME in it' : `{{reader.attributes.${name}}}`,
    });
  for (const each of columns.leftOut) add(leftOut, each);
  for (const { title } of columns.evidence)
    add(leftOut, { column: title, why: 'kept with the proof of consent' });
  return columns;
}

function readRow(run: Run, one: Surveyed, columns: Columns, record: CsvRecord): Row | null {
  const { writer } = run;
  const file = run.several ? one.file.name : null;
  writer.report.read += 1;
  try {
    const cells = cellsOf(columns, record);
    refuseDeleted(addressIn(columns, cells));
    const said = run.own === null ? null : one.status.read(cells);
    const remark = (text: string) => writer.remark(record.line, text, file);
    return { said, person: personFrom(columns, cells, said, remark) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    writer.refuse(record.line, error.message, file);
    return null;
  }
}

/** Somebody who left is kept by the address alone where the rest of their row cannot be taken. */
function personFrom(
  columns: Columns,
  cells: readonly string[],
  said: Statement | null,
  remark: (text: string) => void,
): Person {
  try {
    return personOf(columns, cells, remark);
  } catch (error) {
    const isGone = said !== null && rankOf(said.meaning) <= rankOf('bounced');
    if (!isGone || !(error instanceof Refused)) throw error;
    return readPerson({ email: addressIn(columns, cells) });
  }
}

/** Substack puts these in the place of people who had themselves deleted. */
function refuseDeleted(address: string): void {
  if (/@deletion-request\.substack\.com$/i.test(address))
    throw new Refused('bad-row', 'this person was deleted at Substack');
}

async function storeBatch(run: Run, batch: readonly Row[]): Promise<void> {
  const gathered =
    run.own &&
    (await gatheredOf(
      run.own,
      batch.map(({ person }) => person.identity),
    ));
  const judged = batch.map((row) => judge(run, row, gathered?.get(row.person.identity) ?? null));
  for (const rows of rounds(judged)) await storeRound(run, rows);
}

interface Judged {
  person: Person;
  meaning: Meaning;
  why: Statement;
}

const NOTHING_SAID: Statement = { meaning: 'unknown', column: null, word: '', at: null, evidence: null };

/** The strongest word of all rows and files, under what the operator said of the whole. */
function judge({ ask }: Run, { person, said }: Row, gathered: Statement | null): Judged {
  const why = strongest(said, gathered) ?? NOTHING_SAID;
  const base = baseOf(ask);
  const told = why.meaning === 'unknown' || why.meaning === 'mailable' ? base : why.meaning;
  const meaning = base === 'left' && told !== 'complained' ? 'left' : told;
  return { person, meaning, why: why.meaning === meaning ? why : NOTHING_SAID };
}

function strongest(a: Statement | null, b: Statement | null): Statement | null {
  if (!a || !b) return a ?? b;
  return rankOf(b.meaning) < rankOf(a.meaning) ? b : a;
}

/** Whoever stands in the batch for the second time goes into a second round, as if it were another batch. */
function rounds(batch: readonly Judged[]): Judged[][] {
  const times = new Map<string, number>();
  const result: Judged[][] = [];
  for (const row of batch) {
    const round = times.get(row.person.identity) ?? 0;
    times.set(row.person.identity, round + 1);
    const rows = result[round] ?? [];
    rows.push(row);
    result[round] = rows;
  }
  return result;
}

async function storeRound(run: Run, rows: readonly Judged[]): Promise<void> {
  const of = (...meanings: Meaning[]) => rows.filter(({ meaning }) => meanings.includes(meaning));
  await storeReaders(run, of('mailable'), run.source);
  await storeReaders(run, of('unconfirmed', 'unknown'), null);
  for (const { why } of of('skipped')) run.writer.count('skipped', 'skipped', why);
  const gone = of('complained', 'left', 'bounced');
  for (let at = 0; at < gone.length; at += DEPARTURES) await storeGone(run, gone.slice(at, at + DEPARTURES));
}

async function storeReaders(
  { parts, ask, writer }: Run,
  rows: readonly Judged[],
  source: string | null,
): Promise<void> {
  if (rows.length === 0) return;
  const entry = {
    newsletterId: ask.newsletterId,
    confirmedBy: source === null ? null : `import: ${source}`,
    dryRun: ask.dryRun ?? false,
  };
  const outcomes = await storePeople(
    parts.db,
    parts.keys,
    entry,
    rows.map(({ person }) => person),
  );
  for (const [at, { why, meaning }] of rows.entries())
    writer.count(outcomes[at] ?? 'keptOut', cameInAs(meaning), why);
}

async function storeGone({ parts, ask, writer, source }: Run, rows: readonly Judged[]): Promise<void> {
  const entry = { newsletterId: ask.newsletterId, dryRun: ask.dryRun ?? false };
  const outcomes = await storeDepartures(
    parts,
    entry,
    rows.map((row) => departureOf(row, source)),
  );
  for (const [at, { why, meaning }] of rows.entries())
    writer.count(outcomes[at] ?? 'keptOut', cameInAs(meaning), why);
}

function departureOf({ person, meaning, why }: Judged, source: string | null): Departure {
  const proof = why.evidence ?? (why.column === null ? null : `${why.column}: ${why.word}`);
  const stated = source === null ? 'import' : `import: ${source}`;
  return {
    person,
    meaning: meaning as Departure['meaning'],
    at: person.history?.unsubscribedAt ?? why.at,
    source: proof === null ? stated : `${stated} (${proof.replace(/\p{Cc}/gu, ' ')})`,
  };
}
