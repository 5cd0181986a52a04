/**
 * Importing subscribers from CSV files, as streams: files of any size take the memory of a few batches.
 *
 * 1. Read the headers (`files.ts`). Wrong columns refuse the whole import.
 * 2. Survey all rows (`survey.ts`) if the files can say anything about people. The import asks about unknown words before
 *    it writes anything.
 * 3. Read the rows again, in batches (`read-rows.ts`), decide what each person becomes (`decide.ts`) and write them
 *    (`store-batch.ts`). Nobody who left, bounced or complained becomes a reader, whatever `--confirmed` says.
 *
 * An import that was cut off is simply repeated: it continues after the last committed step (`checkpoint.ts`).
 */

import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import { readSource } from '../person/source.ts';
import { AttributeTypes } from '../segments/attributes.ts';
import { NO_ANSWERS, type StatusAnswers } from '../status/answers.ts';
import type { StoreContext } from '../store/context.ts';
import { Checkpoint, unlock } from './checkpoint.ts';
import { defaultStatus } from './decide.ts';
import { type ImportFile, type OpenedFile, openFiles } from './files.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readBatches } from './read-rows.ts';
import { type ImportReport, ReportWriter } from './report.ts';
import type { LineSink } from './report-lines.ts';
import type { ImportRun } from './run.ts';
import { dropStatements } from './statements.ts';
import { storeBatch } from './store-batch.ts';
import { survey } from './survey.ts';

export interface ImportOptions {
  newsletterId: number;
  /** Where these people said yes, or left. Null: they are pending and get no mail. */
  source: string | null;
  /** All of them left the newsletter. */
  unsubscribed?: boolean;
  /** Reports the same, but writes nothing. */
  dryRun?: boolean;
  answers?: StatusAnswers;
  /** Gets every line that was not taken, or not as a whole. */
  lines?: LineSink;
  /** Called after each batch, for a progress line. */
  progress?: (report: Readonly<ImportReport>) => void;
}

const MAX_FILES = 100;

/**
 * Throws Refused before anything is written when a file is empty or has the wrong columns, and UnknownWords when the
 * files do not say clearly who may be written to.
 */
export async function importSubscribers(
  context: StoreContext,
  files: readonly ImportFile[],
  options: ImportOptions,
): Promise<ImportReport> {
  if (files.length > MAX_FILES)
    throw new Refused('too-many-files', `expected at most ${MAX_FILES} files, found ${files.length}`);
  const { dryRun = false, answers = NO_ANSWERS } = options;
  const run: ImportRun = {
    context,
    newsletterId: options.newsletterId,
    source: options.source === null ? null : readSource(options.source),
    defaultStatus: defaultStatus(options),
    ...{ dryRun, answers, checkpoint: null },
    types: new AttributeTypes(options.newsletterId),
    writer: new ReportWriter(dryRun, options.lines ?? null),
    namesFiles: files.length > 1,
    statements: null,
  };
  const opened = await openFiles(files, answers);
  for (const file of opened) addNotes(run.writer, file);
  return context.db.connection().execute(async (connection) => {
    try {
      const statements = await surveyed(connection, opened, run.defaultStatus);
      const checkpoint = dryRun ? null : await Checkpoint.open(connection, await fingerprint(files, options));
      if (checkpoint?.counts) run.writer.resume(checkpoint.counts);
      await importRows({ ...run, statements, checkpoint }, opened, options.progress);
      run.writer.addTypes(run.types.found);
      await checkpoint?.end();
      return run.writer.report;
    } finally {
      await unlock(connection);
      await dropStatements(connection);
    }
  });
}

/** Everything that decides what an import writes. */
function fingerprint(files: readonly ImportFile[], options: ImportOptions): Promise<string> {
  const { newsletterId, source, unsubscribed = false, answers = NO_ANSWERS } = options;
  const { treat, map = new Map(), ...columns } = answers;
  return fingerprintOf(files, [newsletterId, source, unsubscribed, columns, [...treat], [...map]]);
}

/** Null: the files say nothing about anybody. Throws UnknownWords. */
async function surveyed(
  connection: Db,
  opened: readonly OpenedFile[],
  base: ImportRun['defaultStatus'],
): Promise<Db | null> {
  if (!opened.some(({ statusReader }) => statusReader.canSayAnything)) return null;
  const questions = await survey(connection, opened);
  if (base === 'mailable' && questions.refusal) throw questions.refusal;
  return connection;
}

const BARE_LIST_NOTE =
  'A list of bare addresses cannot tell who switched mail off or bounced: for Mailman take the output of `members --nomail enabled`.';

function addNotes(writer: ReportWriter, { statusReader: { tool }, isBareList }: OpenedFile): void {
  if (tool?.note) writer.note(`${tool.name}: ${tool.note}`);
  if (isBareList) writer.note(BARE_LIST_NOTE);
}

async function importRows(
  run: ImportRun,
  files: readonly OpenedFile[],
  progress: ImportOptions['progress'],
): Promise<void> {
  const { writer } = run;
  let storing = Promise.resolve();
  try {
    for (const file of files) {
      for await (const batch of readBatches(run, file)) {
        await storing;
        // Not awaited yet: the next batch is read while the database writes this one.
        storing = storeBatch(run, batch).then(() => progress?.(writer.report));
        // The next await reports a failure; until then it must not count as unhandled.
        storing.catch(() => {});
      }
    }
  } finally {
    await storing;
  }
}
