/**
 * Importing subscribers from a CSV file, as a stream: a file of any size takes the memory of a few batches. Each
 * batch is one transaction, so an import that was cut off is simply done again: what is there stays as it is.
 */
import type { Keys } from '../consent/keys.ts';
import type { Db } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import { type Columns, personTexts, readColumns } from './columns.ts';
import { readCsv } from './csv/read.ts';
import type { CsvRecord } from './csv/records.ts';
import { type Person, readPerson } from './person.ts';
import { type Entry, storePeople } from './store.ts';

/** `read` is the sum of all the others. Someone named twice is added once; the second line finds them there. */
export interface ImportReport {
  read: number;
  added: number;
  updated: number;
  unchanged: number;
  refused: { line: number; reason: string }[];
  /** Unsubscribed, suppressed or erased: an import brings nobody back. */
  keptOut: number;
}

export interface ImportAsk {
  newsletterId: number;
  /** Where these people said yes. Null: they are pending and get no mail. */
  source: string | null;
  /** Called after each batch, for a progress line. */
  progress?: (report: Readonly<ImportReport>) => void;
}

const BATCH = 2_000;
const LONGEST_SOURCE = 500;

/** Throws Refused before anything is written when the file has the wrong columns or is empty. */
export async function importSubscribers(
  db: Db,
  keys: Keys,
  file: AsyncIterable<Uint8Array>,
  ask: ImportAsk,
): Promise<ImportReport> {
  const entry: Entry = {
    newsletterId: ask.newsletterId,
    confirmedBy: ask.source === null ? null : `import: ${readSource(ask.source)}`,
  };
  const report: ImportReport = { read: 0, added: 0, updated: 0, unchanged: 0, refused: [], keptOut: 0 };
  let storing = Promise.resolve();
  try {
    for await (const batch of batches(file, report)) {
      await storing;
      // Not awaited yet: the next batch is read while the database writes this one.
      storing = storeBatch(db, keys, entry, batch, report).then(() => ask.progress?.(report));
      // A failure is told by the next await; until then it must not count as unhandled.
      storing.catch(() => {});
    }
  } finally {
    await storing;
  }
  return report;
}

/** What stands in the consent records as the source. Throws Refused('bad-source'). */
export function readSource(text: string): string {
  const source = text.trim();
  if (source !== '' && source.length <= LONGEST_SOURCE && !/\p{Cc}/u.test(source)) return source;
  throw new Refused(
    'bad-source',
    `expected a source of 1 to ${LONGEST_SOURCE} characters on one line, e.g. "moved from X"`,
  );
}

/** Reads on, and notes what it refuses in the report. */
async function* batches(file: AsyncIterable<Uint8Array>, report: ImportReport): AsyncGenerator<Person[]> {
  let columns: Columns | null = null;
  let batch: Person[] = [];
  for await (const records of readCsv(file)) {
    for (const record of records) {
      if (!columns) {
        columns = readColumns(record);
        continue;
      }
      const person = readRow(columns, record, report);
      if (!person) continue;
      batch.push(person);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (!columns) throw new Refused('empty-file', 'expected a CSV file with a header, found nothing');
  if (batch.length > 0) yield batch;
}

function readRow(columns: Columns, record: CsvRecord, report: ImportReport): Person | null {
  report.read += 1;
  try {
    if (!record.cells) throw new Refused('bad-row', record.reason);
    return readPerson(personTexts(columns, record.cells));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    report.refused.push({ line: record.line, reason: error.message });
    return null;
  }
}

async function storeBatch(
  db: Db,
  keys: Keys,
  entry: Entry,
  batch: readonly Person[],
  report: ImportReport,
): Promise<void> {
  for (const people of rounds(batch)) {
    for (const stored of await storePeople(db, keys, entry, people)) report[stored] += 1;
  }
}

/** Whoever stands in the batch for the second time goes into a second round, as if it were another batch. */
function rounds(batch: readonly Person[]): Person[][] {
  const times = new Map<string, number>();
  const result: Person[][] = [];
  for (const person of batch) {
    const round = times.get(person.identity) ?? 0;
    times.set(person.identity, round + 1);
    const people = result[round] ?? [];
    people.push(person);
    result[round] = people;
  }
  return result;
}
