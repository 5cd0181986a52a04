/**
 * Imports suppressions: a list of addresses, or CSV with email[,reason,newsletter,source,since,until] as
 * `suppression list --csv` writes it. An import never lifts a suppression.
 */
import { readAddress } from '../consent/identity.ts';
import { Refused } from '../errors.ts';
import { unescapeFormula } from './csv/formulas.ts';
import { readCsv } from './csv/read.ts';
import type { CsvRecord } from './csv/records.ts';
import { addressIn, cellsOf } from './import/cells.ts';
import { type Header, readHeader } from './import/columns.ts';
import type { ImportFile } from './import/files.ts';
import { readSource } from './person/source.ts';
import { readDate } from './status/dates.ts';
import { foldTitle, foldWord } from './status/fold.ts';
import { STATUS_WORDS } from './status/words.ts';
import type { StoreContext } from './store/context.ts';
import { type ImportedSuppression, waitWhileAnyInFlight, writeSuppressions } from './store/suppressions.ts';
import { withPlanLock } from './store/transaction.ts';
import { SETTABLE_REASONS, type SettableReason } from './suppressions.ts';

export interface SuppressionReport {
  read: number;
  added: number;
  unchanged: number;
  refused: { line: number; reason: string; file?: string }[];
  refusedLines: number;
  /** Number of rows for each reason. */
  reasons: Record<string, number>;
  dryRun: boolean;
}

interface SuppressionImportOptions {
  /** Null: everywhere, unless a row names a newsletter. */
  newsletterId: number | null;
  /** Null: from the column, or `by-hand` without one. */
  reason: SettableReason | null;
  source: string;
  dryRun?: boolean;
}

/** Each suppression locks an identity, so a batch must stay small. */
const BATCH = 500;
const MAX_REFUSED = 10_000;

/** Throws Refused, before anything of a file is written, when it has no column for the address. */
export async function importSuppressions(
  context: StoreContext,
  files: readonly ImportFile[],
  options: SuppressionImportOptions,
): Promise<SuppressionReport> {
  const report: SuppressionReport = {
    ...{ read: 0, added: 0, unchanged: 0, refused: [], refusedLines: 0 },
    ...{ reasons: {}, dryRun: options.dryRun ?? false },
  };
  const run = {
    context,
    options,
    source: `import: ${readSource(options.source)}`,
    report,
    slugs: await newsletterIds(context),
  };
  for (const file of files) await importFile(run, file, files.length > 1 ? file.name : null);
  return report;
}

interface Run {
  context: StoreContext;
  options: SuppressionImportOptions;
  source: string;
  report: SuppressionReport;
  slugs: ReadonlyMap<string, number>;
}

async function newsletterIds({ db }: StoreContext): Promise<Map<string, number>> {
  const rows = await db.selectFrom('newsletters').select(['slug', 'id']).execute();
  return new Map(rows.map(({ slug, id }) => [slug, id]));
}

async function importFile(run: Run, file: ImportFile, name: string | null): Promise<void> {
  let header: Header | null = null;
  let batch: ImportedSuppression[] = [];
  for await (const records of readCsv(file.open())) {
    for (const record of records) {
      if (!header) {
        header = readHeader(record);
        continue;
      }
      const one = readRow(run, header, record, name);
      if (one) batch.push(one);
      if (batch.length < BATCH) continue;
      await store(run, batch);
      batch = [];
    }
  }
  if (!header) throw new Refused('empty-file', 'expected a list of addresses, found nothing');
  await store(run, batch);
}

function readRow(
  run: Run,
  header: Header,
  record: CsvRecord,
  file: string | null,
): ImportedSuppression | null {
  const { report } = run;
  report.read += 1;
  try {
    const cells = cellsOf(header, record);
    const cell = (title: string) =>
      unescapeFormula((cells[header.titles.findIndex((one) => foldTitle(one) === title)] ?? '').trim());
    return { ...suppressionOf(run, cell), identity: readAddress(addressIn(header, cells)).identity };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    report.refusedLines += 1;
    const fault = { line: record.line, reason: error.message };
    if (report.refused.length < MAX_REFUSED) report.refused.push(file === null ? fault : { ...fault, file });
    return null;
  }
}

function suppressionOf(
  { options, source, slugs }: Run,
  cell: (title: string) => string,
): Omit<ImportedSuppression, 'identity'> {
  const slug = cell('newsletter');
  const newsletterId = slug === '' ? options.newsletterId : slugs.get(slug);
  if (newsletterId === undefined)
    throw new Refused('unknown-newsletter', `there is no newsletter "${slug.slice(0, 80)}" here`);
  const text = cell('reason');
  const known = reasonOf(text);
  const stated = cell('source') || (text !== '' && !known ? `${source} (${plain(text)})` : source);
  return {
    newsletterId,
    reason: options.reason ?? known ?? 'by-hand',
    source: plain(stated),
    since: readDate(cell('since') || cell('created') || cell('createdat')),
    until: untilOf(cell('until')),
  };
}

/** Null: free text, such as a server's reply. */
function reasonOf(text: string): SettableReason | null {
  const own = SETTABLE_REASONS.find((reason) => reason === text);
  if (own) return own;
  const status = STATUS_WORDS.get(foldWord(text));
  if (status === 'bounced') return 'bounce';
  return status === 'complained' ? 'complaint' : null;
}

function untilOf(text: string): Date | null {
  if (text === '') return null;
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new Refused(
      'bad-row',
      `until: expected a moment such as 2027-11-23T08:00:00Z, found "${text.slice(0, 40)}"`,
    );
  return date;
}

const plain = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, 600);

async function store(
  { context, options, report }: Run,
  batch: readonly ImportedSuppression[],
): Promise<void> {
  if (batch.length === 0) return;
  const written = await withPlanLock(context.db, options.dryRun ?? false, (trx) =>
    writeSuppressions(trx, context.keys, batch),
  );
  report.added += written.count;
  report.unchanged += batch.length - written.count;
  for (const { reason } of batch) report.reasons[reason] = (report.reasons[reason] ?? 0) + 1;
  if (!options.dryRun)
    await waitWhileAnyInFlight(context.db, context.clock, written.inFlight, null, 'suppressed');
}
