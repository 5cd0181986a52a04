/** `postrider subscriber list`. */
import { type Command, Option } from 'commander';
import type { ExportedState } from '../../audience/export.ts';
import { listSubscribers } from '../../audience/list.ts';
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import { countSubscriptions } from '../../audience/subscriber.ts';
import { Usage } from '../../errors.ts';
import type { OpenContext } from '../context.ts';
import { table } from '../text.ts';

interface ListOptions {
  newsletter: string;
  state: ExportedState;
  contains: string;
  limit: string;
}

const MAX_LISTED = 10_000;

export function listCommand(subscriber: Command, open: OpenContext): void {
  subscriber
    .command('list')
    .description('Lists the latest subscribers of a newsletter; export writes all of them.')
    .requiredOption('--newsletter <slug>')
    .addOption(
      new Option('--state <state>', 'who')
        .choices(['confirmed', 'pending', 'unsubscribed', 'all'])
        .default('all'),
    )
    .option('--contains <text>', 'part of the address or the name', '')
    .option('--limit <number>', 'how many at most', '50')
    .option('--json', 'one JSON value on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider subscriber list --newsletter weekly --state unsubscribed\n  postrider subscriber list --newsletter weekly --contains @example.org --limit 500',
    )
    .action((options: ListOptions) => list(open, options));
}

async function list(
  open: OpenContext,
  { newsletter: slug, state, contains, limit }: ListOptions,
): Promise<void> {
  const maxRows = Number(limit);
  if (!Number.isInteger(maxRows) || maxRows < 1 || maxRows > MAX_LISTED)
    throw new Usage(`--limit: expected a number from 1 to ${MAX_LISTED}, found "${limit}"`);
  const { program, out } = await open();
  const newsletter = await findNewsletter(program.db, slug);
  const subscribers = await listSubscribers(program.db, newsletter.id, { state, contains, limit: maxRows });
  const counts = await countSubscriptions(program.db, newsletter.id);
  const rows = subscribers.map(({ email, name, state: stands, since, suppressed }) => [
    email,
    suppressed ? `${stands}, suppressed` : stands,
    since.toISOString().slice(0, 10),
    name ?? '',
  ]);
  const total = `${counts.confirmed} confirmed, ${counts.pending} pending, ${counts.unsubscribed} unsubscribed`;
  out(
    { newsletter: slug, counts, subscribers },
    `${table(['subscriber', 'state', 'since', 'name'], rows)}\n\nin total ${total}`,
  );
}
