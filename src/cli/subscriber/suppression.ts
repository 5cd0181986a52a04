/** `postrider suppression list|add|remove|import`: addresses that must not be written to. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { escapeFormula } from '../../audience/csv/formulas.ts';
import { csvLine } from '../../audience/csv/write.ts';
import { importSuppressions, type SuppressionReport } from '../../audience/import-suppressions.ts';
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import {
  addSuppression,
  type ListedSuppression,
  liftSuppression,
  listSuppressions,
  SETTABLE_REASONS,
  type SettableReason,
} from '../../audience/suppressions.ts';
import { Refused } from '../../errors.ts';
import type { CliContext, OpenContext } from '../context.ts';
import { wantsJson } from '../output.ts';
import { facts } from '../text.ts';
import { openInputs } from './input-files.ts';

interface Scope {
  newsletter?: string;
  reason?: SettableReason;
}

interface Stated extends Scope {
  source: string;
  dryRun?: boolean;
}

const JSON_HELP = 'one JSON value on standard output';
const NEWSLETTER = ['--newsletter <slug>', 'for this newsletter only; else everywhere'] as const;
const reason = (what: string) => new Option('--reason <reason>', what).choices(SETTABLE_REASONS);

export function suppressionCommands(root: Command, open: OpenContext): void {
  const suppression = root
    .command('suppression')
    .description('Suppressions: addresses that must not be written to, and why.');
  suppression
    .command('list')
    .description('Lists those in force, the oldest first.')
    .option('--newsletter <slug>', 'only those for this newsletter')
    .addOption(
      new Option('--reason <reason>', 'only those for this reason').choices([...SETTABLE_REASONS, 'erased']),
    )
    .option('--csv', 'CSV for import')
    .option('--json', JSON_HELP)
    .addHelpText(
      'after',
      '\nExamples:\n  postrider suppression list --reason bounce\n  postrider suppression list --csv > suppressions.csv',
    )
    .action((options: Scope & { csv?: boolean }) => list(open, options));
  suppression
    .command('add <address>')
    .description('Sends nothing to this address from now on, whether it is a subscriber or not.')
    .option(...NEWSLETTER)
    .addOption(reason('why').default('by-hand'))
    .option('--source <text>', 'who says so, or where; stored with it', 'by hand')
    .option('--json', JSON_HELP)
    .addHelpText('after', '\nExample:\n  postrider suppression add ann@example.org --source "asked by phone"')
    .action((address: string, options: Stated) => add(open, address, options));
  suppression
    .command('remove <address>')
    .description('Lifts a suppression for by-hand or bounce; name any other reason. It subscribes nobody.')
    .option(...NEWSLETTER)
    .addOption(new Option('--reason <reason>', 'the one to lift').choices([...SETTABLE_REASONS, 'erased']))
    .option('--json', JSON_HELP)
    .action((address: string, options: Scope) => remove(open, address, options));
  suppression
    .command('import <files...>')
    .description(
      'Suppresses a list of addresses, or CSV with email[,reason,newsletter,source,since,until]; "-" reads standard input.',
    )
    .requiredOption('--source <text>', 'where the list comes from, e.g. "bounces of X"')
    .option(...NEWSLETTER)
    .addOption(reason('for all of them (default: the column "reason", else by-hand)'))
    .option('--dry-run', 'report the same, but write nothing')
    .option('--json', JSON_HELP)
    .addHelpText(
      'after',
      '\nExamples:\n  postrider suppression import bounces.csv --reason bounce --source "bounces of X, 2026-11"\n  postrider suppression import suppressions.csv --source "our old server"',
    )
    .action((files: string[], options: Stated) => importFiles(open, files, options));
}

async function scopeOf({ program }: CliContext, { newsletter }: Scope): Promise<number | null> {
  return newsletter === undefined ? null : (await findNewsletter(program.db, newsletter)).id;
}

async function list(open: OpenContext, options: Scope & { csv?: boolean }): Promise<void> {
  const context = await open();
  const filter = { newsletterId: await scopeOf(context, options), reason: options.reason ?? null };
  const pages = listSuppressions(context.program.db, filter);
  const text = wantsJson() ? jsonArray(pages) : options.csv ? csv(pages) : lines(pages);
  await pipeline(Readable.from(text), process.stdout, { end: false });
}

/** One JSON value, streamed. */
async function* jsonArray(pages: AsyncIterable<readonly ListedSuppression[]>): AsyncGenerator<string> {
  let before = '[';
  for await (const page of pages)
    for (const one of page) {
      yield `${before}${JSON.stringify(one)}`;
      before = ',\n';
    }
  yield before === '[' ? '[]\n' : ']\n';
}

async function* csv(pages: AsyncIterable<readonly ListedSuppression[]>): AsyncGenerator<string> {
  yield csvLine(['email', 'reason', 'newsletter', 'source', 'since', 'until']);
  for await (const page of pages)
    yield page
      .filter(({ email }) => email !== null)
      .map((one) => csvLine(cellsOf(one)))
      .join('');
}

function cellsOf({ email, reason: why, newsletter, source, since, until }: ListedSuppression): string[] {
  return [
    email ?? '',
    why,
    newsletter ?? '',
    escapeFormula(source),
    since.toISOString(),
    until?.toISOString() ?? '',
  ];
}

async function* lines(pages: AsyncIterable<readonly ListedSuppression[]>): AsyncGenerator<string> {
  let count = 0;
  for await (const page of pages) {
    count += page.length;
    yield page.map((one) => `${lineOf(one)}\n`).join('');
  }
  if (count === 0) yield 'no suppressions are in force\n';
}

function lineOf({ email, reason: why, newsletter, source, since, until }: ListedSuppression): string {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const where = newsletter ?? 'everywhere';
  return `${email ?? '(erased)'}  ${why}  ${where}  since ${day(since)}${until ? ` until ${day(until)}` : ''}  ${source}`;
}

async function add(open: OpenContext, address: string, options: Stated): Promise<void> {
  const context = await open();
  const newsletterId = await scopeOf(context, options);
  const why = options.reason ?? 'by-hand';
  const added = await addSuppression(context.program, {
    address,
    newsletterId,
    reason: why,
    source: options.source,
  });
  context.out(
    { added, reason: why, newsletter: options.newsletter ?? null },
    added ? `suppressed ${options.newsletter ?? 'everywhere'}: nothing more goes out` : 'held before',
  );
}

async function remove(open: OpenContext, address: string, options: Scope): Promise<void> {
  const context = await open();
  const filter = { newsletterId: await scopeOf(context, options), reason: options.reason ?? null };
  const lifted = await liftSuppression(context.program.db, context.program.keys, { ...filter, address });
  context.out({ lifted }, `lifted: ${lifted.join(', ')}; nobody is subscribed by it`);
}

async function importFiles(open: OpenContext, names: string[], options: Stated): Promise<void> {
  const context = await open();
  const newsletterId = await scopeOf(context, options);
  const { files, close } = await openInputs(names);
  try {
    const { source, dryRun = false } = options;
    const ask = { newsletterId, reason: options.reason ?? null, source, dryRun };
    const report = await importSuppressions(context.program, files, ask);
    context.out(report, reportText(report));
    if (report.refusedLines > 0 && report.refusedLines === report.read)
      throw new Refused('all-refused', 'nobody was suppressed: every line was refused');
  } finally {
    await close();
  }
}

const MAX_LISTED_LINES = 100;

function reportText({
  dryRun,
  read,
  added,
  unchanged,
  refused,
  refusedLines,
  reasons,
}: SuppressionReport): string {
  const summary = facts([
    ['read', String(read)],
    ['added', String(added)],
    ['unchanged', String(unchanged)],
    ['refused', String(refusedLines)],
    ...Object.entries(reasons).map(([why, rows]): [string, string] => [`for ${why}`, String(rows)]),
  ]);
  const faults = refused
    .slice(0, MAX_LISTED_LINES)
    .map((one) => `${one.file === undefined ? '' : `${one.file} `}line ${one.line}: ${one.reason}`);
  return [...(dryRun ? ['dry run: nothing was written'] : []), summary, ...faults].join('\n');
}
