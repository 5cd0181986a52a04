/** `postrider subscriber import`. */
import type { Command } from 'commander';
import { importSubscribers } from '../../audience/import/import.ts';
import { UnknownWords } from '../../audience/import/questions.ts';
import type { ImportReport } from '../../audience/import/report.ts';
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import { readAnswers, readMap, type StatusAnswers } from '../../audience/status/answers.ts';
import { Refused, Usage } from '../../errors.ts';
import { askText } from '../confirm.ts';
import type { OpenContext } from '../context.ts';
import { wantsJson } from '../output.ts';
import { reportText } from './import-report.ts';
import { openInputs } from './input-files.ts';
import { openReport } from './report-file.ts';

interface ImportOptions {
  newsletter: string;
  confirmed?: boolean;
  unsubscribed?: boolean;
  source?: string;
  map: string[];
  delimiter?: string;
  report?: string;
  dryRun?: boolean;
  statusColumn: string[];
  attributeColumn: string[];
  ignoreColumn: string[];
  treat: string[];
}

const HELP = `
The first line names the columns: email, and where you have them name, language, timezone and any attributes. A list of
bare addresses, or of Name <address> lines, needs no such line. Commas, semicolons, tabs or "|"; UTF-8, UTF-16 or
GB18030. --map says what a column holds whose title is not known.

Columns that say how people stand (status, unsubscribed_at, opt-out, bounced, ...) go before --confirmed: who left
comes in as unsubscribed, who bounced or complained as suppressed, who never confirmed as pending. A word that is not
known is asked about before anything is written. Give all files of an archive at once: the strongest word of an address
counts. Nobody who unsubscribed, bounced, complained or was erased comes back by an import.

Lines that cannot be taken are listed with their number, all others go in; --report writes every one of them to a file.
Importing a file again changes nothing. An import that was cut off continues when it is started again.

Examples:
  postrider subscriber import readers.csv --newsletter weekly --confirmed --source "moved from X, 2026-11"
  postrider subscriber import *_export_1a2b.csv --newsletter weekly --confirmed --source "Mailchimp" --dry-run
  postrider subscriber import all.csv --newsletter weekly --confirmed --source "listmonk" --treat disabled=left
  postrider subscriber import list.txt --newsletter weekly --confirmed --source "the shop" --map "Kunden-Mail=email" --report left-out.csv
  postrider subscriber import left.csv --newsletter weekly --unsubscribed --source "left at X"`;

export function importCommand(subscriber: Command, open: OpenContext): void {
  subscriber
    .command('import <files...>')
    .description('Imports CSV files of subscribers in any state; "-" reads standard input.')
    .requiredOption('--newsletter <slug>')
    .option('--confirmed', 'they have agreed already, except those whom a column says left; needs --source')
    .option('--unsubscribed', 'they left: import them as unsubscribed, so that nothing more goes out to them')
    .option(
      '--source <text>',
      'where they agreed, or left, e.g. "moved from X"; kept in their consent records',
    )
    .option('--dry-run', 'report the same, but write nothing')
    .option(
      '--map <column=field>',
      'what a column holds: email, name, language, timezone, tags, status, or the name of an attribute',
      gather,
      [],
    )
    .option('--delimiter <sign>', 'what separates cells, if not the header shows it; "tab" is a tab')
    .option('--report <file>', 'write every line that was not taken, and why, to this CSV file')
    .option(
      '--treat <word=meaning>',
      'what an unknown word of a column means: confirmed, left, bounced, complained, pending or skip; "blank" is an empty cell',
      gather,
      [],
    )
    .option('--status-column <name>', 'this column holds the state of people', gather, [])
    .option('--attribute-column <name>', 'this column is an attribute and nothing else', gather, [])
    .option(
      '--ignore-column <name>',
      'ignore this column; "file name" ignores what file names say',
      gather,
      [],
    )
    .option('--json', 'one JSON value on standard output')
    .addHelpText('after', HELP)
    .action((files: string[], options: ImportOptions) => importFiles(open, files, options));
}

const gather = (value: string, before: string[]): string[] => [...before, value];

async function importFiles(open: OpenContext, names: string[], options: ImportOptions): Promise<void> {
  const source = sourceOf(await withSource(options, names));
  const answers = answersOf(options);
  const { program, out } = await open();
  const newsletter = await findNewsletter(program.db, options.newsletter);
  const { files, close } = await openInputs(names);
  const rejects = options.report === undefined ? null : await openReport(options.report);
  try {
    const delimiter = delimiterOf(options);
    const all = files.map((file) => (delimiter === null ? file : { ...file, delimiter }));
    const report = await importSubscribers(program, all, {
      newsletterId: newsletter.id,
      source,
      unsubscribed: options.unsubscribed ?? false,
      dryRun: options.dryRun ?? false,
      answers,
      ...(rejects && { lines: rejects.write }),
      progress: showProgress,
    });
    out(report, reportText(report));
    refuseIfNobody(report);
  } catch (error) {
    // For programs that put these questions to somebody. The message itself goes to standard error.
    if (error instanceof UnknownWords && wantsJson())
      out({ error: error.code, questions: error.questions }, '');
    throw error;
  } finally {
    await rejects?.close();
    await close();
  }
}

/** On a terminal a person is asked for a source that is missing. */
async function withSource(options: ImportOptions, names: readonly string[]): Promise<ImportOptions> {
  const canAsk = process.stdin.isTTY && process.stderr.isTTY && !wantsJson() && !names.includes('-');
  if (!options.confirmed || options.source?.trim() || !canAsk) return options;
  const source = await askText(
    'Where did these people agree to get mail? (for example: moved from X, 2026-11)',
  );
  return { ...options, source };
}

function delimiterOf({ delimiter }: ImportOptions): string | null {
  if (delimiter === undefined) return null;
  const sign = delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter;
  if (sign.length === 1 && !/["\r\n\p{L}\p{N}]/u.test(sign)) return sign;
  throw new Usage(`--delimiter: expected one sign such as ";" or "|", or "tab", found "${delimiter}"`);
}

/** Null: pending. */
function sourceOf({ confirmed, unsubscribed, source }: ImportOptions): string | null {
  if (confirmed && unsubscribed) throw new Usage('--confirmed and --unsubscribed exclude each other');
  if (confirmed && !source?.trim())
    throw new Usage('--confirmed needs --source: where did these people agree? e.g. --source "moved from X"');
  if (!confirmed && !unsubscribed && source !== undefined)
    throw new Usage(
      '--source says where people agreed, so it needs --confirmed as well (or --unsubscribed: where they left)',
    );
  return source ?? null;
}

function answersOf({
  statusColumn,
  attributeColumn,
  ignoreColumn,
  treat,
  map,
}: ImportOptions): StatusAnswers {
  return {
    statusColumns: statusColumn,
    attributeColumns: attributeColumn,
    ignoreColumns: ignoreColumn,
    treat: readAnswers(treat),
    map: readMap(map),
  };
}

function refuseIfNobody({ read, refusedLines }: ImportReport): void {
  if (refusedLines > 0 && refusedLines === read)
    throw new Refused('all-refused', 'nobody was imported: every line was refused');
}

/** Overwrites one line, on a terminal only. */
function showProgress(report: Readonly<ImportReport>): void {
  if (process.stderr.isTTY) process.stderr.write(`\rread ${report.read} ... `);
}
