/**
 * Importing subscribers from CSV files, as streams: files of any size take the memory of a few batches.
 *
 * 1. Read the headers (`files.ts`). Wrong columns refuse the whole import.
 * 2. Survey all rows (`survey.ts`) if the files can say anything about people. The import asks about unknown words before
 *    it writes anything.
 * 3. Read the rows again, in batches (`read-rows.ts`), decide what each person becomes (`decide.ts`) and write them
 *    (`store-batch.ts`). Nobody who left, bounced or complained becomes a reader, whatever `--confirmed` says.
 *
 * Each batch is one transaction, so an import that was cut off can simply be repeated: what is there stays as it is.
 */
import { Refused } from '../../errors.ts';
import { readSource } from '../person/source.ts';
import { NO_ANSWERS, type StatusAnswers } from '../status/answers.ts';
import type { StoreContext } from '../store/context.ts';
import { defaultStatus } from './decide.ts';
import { type ImportFile, type OpenedFile, openFiles } from './files.ts';
import { readBatches } from './read-rows.ts';
import { type ImportReport, ReportWriter } from './report.ts';
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
  const run: ImportRun = {
    context,
    newsletterId: options.newsletterId,
    source: options.source === null ? null : readSource(options.source),
    defaultStatus: defaultStatus(options),
    dryRun: options.dryRun ?? false,
    answers: options.answers ?? NO_ANSWERS,
    writer: new ReportWriter(options.dryRun ?? false),
    namesFiles: files.length > 1,
    statements: null,
  };
  const opened = await openFiles(files, run.answers);
  for (const file of opened) addNotes(run.writer, file);
  if (!opened.some(({ statusReader }) => statusReader.canSayAnything))
    return importRows(run, opened, options.progress);
  return context.db.connection().execute(async (connection) => {
    try {
      const questions = await survey(connection, opened);
      if (run.defaultStatus === 'mailable' && questions.refusal) throw questions.refusal;
      return await importRows({ ...run, statements: connection }, opened, options.progress);
    } finally {
      await dropStatements(connection);
    }
  });
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
): Promise<ImportReport> {
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
  return writer.report;
}
