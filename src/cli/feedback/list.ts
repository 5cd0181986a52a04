/** `postrider feedback list`: what came back, and `feedback quarantine`: what to do with what was held back. */
import { type Command, Option } from 'commander';
import { Usage } from '../../errors.ts';
import { type ListedReport, listReports } from '../../feedback/list-reports.ts';
import { discardQuarantined, suppressQuarantined } from '../../feedback/quarantine.ts';
import { findIssue } from '../../issue/find.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { counted, table } from '../text.ts';

const json = ['--json', 'one JSON value on standard output'] as const;
const CLASSES = ['hard', 'soft', 'block', 'feedback', 'vacation', 'other'];
const MAX_LISTED = 10_000;

interface ListOptions {
  issue?: string;
  class?: string;
  action?: string;
  limit: string;
}

export function listCommands(feedback: Command, open: OpenContext): void {
  feedback
    .command('list')
    .description(
      'Lists what came back, the newest first: what it was, for which delivery, and what was done.',
    )
    .option('--issue <issue>', 'only of this issue')
    .addOption(new Option('--class <class>', 'only this class').choices(CLASSES))
    .option('--action <action>', 'only where this was done: suppressed, counted, quarantined, unproven, ...')
    .option('--limit <n>', 'at most so many', '50')
    .option(...json)
    .action((options: ListOptions) => list(open, options));
  feedback
    .command('quarantine')
    .description(
      'Settles addresses that were kept because their provider suddenly called far more addresses unknown than usual.',
    )
    .option('--lane <lane>', 'only those of this lane')
    .option('--suppress', 'the provider was right: suppress them')
    .option('--discard', 'the provider was wrong: they stay readers')
    .option(...json)
    .action((options: { lane?: string; suppress?: true; discard?: true }) => quarantine(open, options));
}

async function list(open: OpenContext, options: ListOptions): Promise<void> {
  const limit = /^\d{1,6}$/.test(options.limit) ? Number(options.limit) : 0;
  if (limit < 1 || limit > MAX_LISTED)
    throw new Usage(`--limit: expected a number from 1 to ${MAX_LISTED}, got "${options.limit}"`);
  const { program } = await open();
  const issue = options.issue === undefined ? null : await findIssue(program.db, options.issue);
  const filter = { class: options.class ?? null, action: options.action ?? null, limit };
  const reports = await listReports(program.db, { issueId: issue?.id ?? null, ...filter });
  out(reports, reports.length === 0 ? 'Nothing came back.' : reportTable(reports));
}

const reportTable = (reports: readonly ListedReport[]): string =>
  table(
    ['at', 'class', 'reason', 'status', 'done', 'delivery', 'by', 'said'],
    reports.map((one) => [
      one.at.toISOString().slice(0, 16),
      one.class,
      one.reason,
      one.status ?? '-',
      one.action,
      one.delivery ?? '-',
      one.source,
      (one.diagnostic ?? '').slice(0, 80),
    ]),
  );

async function quarantine(
  open: OpenContext,
  { lane, suppress, discard }: { lane?: string; suppress?: true; discard?: true },
): Promise<void> {
  if (suppress && discard) throw new Usage('say either --suppress or --discard');
  const { program } = await open();
  const { db, keys, clock, log } = program;
  if (suppress) {
    const suppressed = await suppressQuarantined({ db, keys, clock, log }, lane ?? null);
    return out({ suppressed }, `suppressed ${counted(suppressed, 'reader')}`);
  }
  if (discard) {
    const discarded = await discardQuarantined(db, lane ?? null);
    return out({ discarded }, `discarded ${counted(discarded, 'report')}; their readers stay`);
  }
  const filter = { issueId: null, class: null, action: 'quarantined', limit: MAX_LISTED };
  const reports = (await listReports(db, filter)).filter((one) => lane === undefined || one.lane === lane);
  out(reports, reports.length === 0 ? 'Nothing is in quarantine.' : reportTable(reports));
}
