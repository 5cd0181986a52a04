/** `postrider subscriber list|find`. */
import { type Command, Option } from 'commander';
import type { ExportedState } from '../../audience/export.ts';
import { findSubscribers, listSubscribers } from '../../audience/list.ts';
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import { resolveSegment } from '../../audience/segments/resolve.ts';
import { countSubscriptions } from '../../audience/subscriber.ts';
import { Usage } from '../../errors.ts';
import type { OpenContext } from '../context.ts';
import { table } from '../text.ts';

interface PageOptions {
  limit: string;
  after?: string;
}

interface ListOptions extends PageOptions {
  newsletter: string;
  state: ExportedState;
  contains: string;
  segment?: string;
}

const MAX_LISTED = 10_000;
const JSON_OPTION = ['--json', 'one JSON value on standard output'] as const;

export function listCommands(subscriber: Command, open: OpenContext): void {
  paged(subscriber.command('list'))
    .description('Lists the latest subscribers of a newsletter; export writes all of them.')
    .requiredOption('--newsletter <slug>')
    .addOption(
      new Option('--state <state>', 'who')
        .choices(['confirmed', 'pending', 'unsubscribed', 'all'])
        .default('all'),
    )
    .option('--contains <text>', 'part of the address or the name', '')
    .option('--segment <segment>', 'only those in it: a name or an expression, e.g. "tag vip"')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider subscriber list --newsletter weekly --state unsubscribed\n  postrider subscriber list --newsletter weekly --segment "tag vip and city = Berlin" --limit 500',
    )
    .action((options: ListOptions) => list(open, options));
  paged(subscriber.command('find <text>'))
    .description('Finds people in all newsletters by a part of their address or name.')
    .addHelpText('after', '\nExample:\n  postrider subscriber find @example.org')
    .action((text: string, options: PageOptions) => find(open, text, options));
}

const paged = (command: Command): Command =>
  command
    .option('--limit <number>', 'how many at most', '50')
    .option('--after <number>', 'the next page: the number that the page before ended with')
    .option(...JSON_OPTION);

function pageOf({ limit, after }: PageOptions): { limit: number; after: number | null } {
  const maxRows = Number(limit);
  if (!Number.isInteger(maxRows) || maxRows < 1 || maxRows > MAX_LISTED)
    throw new Usage(`--limit: expected a number from 1 to ${MAX_LISTED}, found "${limit}"`);
  if (after !== undefined && !/^\d{1,15}$/.test(after))
    throw new Usage(`--after: expected the number that the page before ended with, found "${after}"`);
  return { limit: maxRows, after: after === undefined ? null : Number(after) };
}

async function list(open: OpenContext, options: ListOptions): Promise<void> {
  const page = pageOf(options);
  const { state, contains, newsletter: slug } = options;
  const { program, out } = await open();
  const newsletter = await findNewsletter(program.db, slug);
  const segment =
    options.segment === undefined ? null : await resolveSegment(program.db, newsletter, options.segment);
  const { subscribers, next } = await listSubscribers(program.db, newsletter.id, {
    ...{ state, contains, segment },
    ...page,
  });
  const counts = await countSubscriptions(program.db, newsletter.id);
  const rows = subscribers.map(({ email, name, state: stands, since, suppressed, tags }) => [
    email,
    suppressed ? `${stands}, suppressed` : stands,
    since.toISOString().slice(0, 10),
    name ?? '',
    tags.join(', '),
  ]);
  const total = `${counts.confirmed} confirmed, ${counts.pending} pending, ${counts.unsubscribed} unsubscribed`;
  out(
    { newsletter: slug, counts, subscribers, next },
    [
      table(['subscriber', 'state', 'since', 'name', 'tags'], rows),
      '',
      `in total ${total}`,
      ...more(next),
    ].join('\n'),
  );
}

async function find(open: OpenContext, text: string, options: PageOptions): Promise<void> {
  const { limit, after } = pageOf(options);
  if (text.trim() === '') throw new Usage('expected a part of an address or a name');
  const { program, out } = await open();
  const { subscribers, next } = await findSubscribers(program.db, text.trim(), limit, after);
  const rows = subscribers.map(({ email, name, subscriptions }) => [
    email,
    subscriptions.map(({ newsletter, state }) => `${newsletter} (${state})`).join(', '),
    name ?? '',
  ]);
  out(
    { subscribers, next },
    rows.length === 0
      ? 'nobody was found'
      : [table(['subscriber', 'newsletters', 'name'], rows), ...more(next)].join('\n'),
  );
}

const more = (next: number | null): string[] => (next === null ? [] : [`more with --after ${next}`]);
