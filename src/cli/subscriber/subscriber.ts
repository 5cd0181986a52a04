/** `postrider subscriber add|list|show|import|export|unsubscribe|erase`. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { eraseSubscriber } from '../../audience/erase.ts';
import { type ExportedState, exportCsv, exportSubscribers } from '../../audience/export.ts';
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import {
  addSubscriber,
  findSubscription,
  type SubscriberView,
  showSubscriber,
} from '../../audience/subscriber.ts';
import { subscribeUrl } from '../../consent/links.ts';
import { fromCommandLine } from '../../consent/record.ts';
import { unsubscribe } from '../../consent/unsubscribe.ts';
import { Refused, Usage } from '../../errors.ts';
import { askYes } from '../confirm.ts';
import type { OpenContext } from '../context.ts';
import { facts, table } from '../text.ts';
import { importCommand } from './import.ts';
import { listCommands } from './list.ts';
import { tagCommand } from './tag.ts';

interface Consent {
  confirmed?: boolean;
  source?: string;
}

interface AddOptions extends Consent {
  newsletter: string;
  name?: string;
  language?: string;
  timezone?: string;
  attribute?: string[];
}

interface ExportOptions {
  newsletter: string;
  state: ExportedState;
  json?: boolean;
}

export function subscriberCommands(root: Command, open: OpenContext): void {
  const subscriber = root.command('subscriber').description('Subscribers: the people who read.');
  withConsent(subscriber.command('add <address>'))
    .description('Adds one person. Without --confirmed they are pending and get no mail.')
    .option('--name <name>')
    .option('--language <tag>', 'language of pages and service mails, e.g. zh')
    .option('--timezone <zone>', 'their time zone, for quiet hours, e.g. Europe/Berlin')
    .option('--attribute <name=value...>', 'further attributes, for slots and segments')
    .action((address: string, options: AddOptions) => add(open, address, options));
  importCommand(subscriber, open);
  listCommands(subscriber, open);
  tagCommand(subscriber, open);
  subscriber
    .command('show <address>')
    .description('Shows all data about one person: subscriptions, suppressions, consent records.')
    .option('--json', JSON_HELP)
    .action((address: string) => show(open, address));
  subscriber
    .command('export')
    .description(
      'Writes the subscribers of a newsletter to standard output, as CSV for import: state, since when, and by what consent.',
    )
    .requiredOption('--newsletter <slug>')
    .addOption(
      new Option('--state <state>', 'who')
        .choices(['confirmed', 'pending', 'unsubscribed', 'all'])
        .default('confirmed'),
    )
    .option('--json', 'one JSON object per line instead')
    .action((options: ExportOptions) => exportAll(open, options));
  subscriber
    .command('unsubscribe <address>')
    .description('Unsubscribes one person from a newsletter at once, even in the middle of a send.')
    .requiredOption('--newsletter <slug>')
    .option('--json', JSON_HELP)
    .action((address: string, options: { newsletter: string }) =>
      unsubscribeByHand(open, address, options.newsletter),
    );
  subscriber
    .command('erase <address>')
    .description(
      'Deletes all data about one person for good. Only a hash stays, so that no import brings them back.',
    )
    .option('--yes', 'do not ask for confirmation (asks only on a terminal, and not with --json)')
    .option('--json', JSON_HELP)
    .action((address: string, options: { yes?: boolean; json?: boolean }) => erase(open, address, options));
}

const JSON_HELP = 'one JSON value on standard output';
function withConsent(command: Command): Command {
  return command
    .requiredOption('--newsletter <slug>')
    .option('--confirmed', 'they have agreed already; needs --source')
    .option('--source <text>', 'where they agreed, e.g. "moved from X"; kept in their consent records')
    .option('--json', JSON_HELP);
}

/** Null: pending. */
function sourceOf({ confirmed, source }: Consent): string | null {
  if (confirmed && !source?.trim())
    throw new Usage('--confirmed needs --source: where did these people agree? e.g. --source "moved from X"');
  if (!confirmed && source !== undefined)
    throw new Usage('--source says where people agreed, so it needs --confirmed as well');
  return confirmed ? (source ?? null) : null;
}

async function add(open: OpenContext, address: string, options: AddOptions): Promise<void> {
  const source = sourceOf(options);
  const attributes = (options.attribute ?? []).map(readAttribute);
  const { program, out } = await open();
  const newsletter = await findNewsletter(program.db, options.newsletter);
  const { name, language, timezone } = options;
  const texts = { email: address, name, language, timezone, attributes };
  const change = await addSubscriber(program.db, program.keys, newsletter.id, texts, source);
  if (change === 'keptOut')
    throw new Refused(
      'kept-out',
      `this person left ${newsletter.slug} or is suppressed; only they can come back, by the form at ${subscribeUrl(program.config.publicUrl, newsletter.slug)}`,
    );
  out(
    { newsletter: newsletter.slug, change },
    `${change}${source === null ? ', pending: no mail goes to them' : ''}`,
  );
}

function readAttribute(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Usage(`--attribute takes name=value, found "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function show(open: OpenContext, address: string): Promise<void> {
  const { program, out } = await open();
  const view = await showSubscriber(program.db, program.keys, address);
  out(view, viewText(view));
}

function viewText(view: SubscriberView): string {
  const where = (newsletter: string | null) => newsletter ?? 'everywhere';
  const lists = [
    [
      'subscriptions',
      view.subscriptions.map((s) => [s.newsletter, s.state, day(s.since), s.tags.join(', ')]),
    ],
    ['suppressions', view.suppressions.map((s) => [where(s.newsletter), s.reason, s.source, day(s.since)])],
    [
      'consent',
      view.consent.map((c) => [
        minute(c.at),
        c.step,
        where(c.newsletter),
        c.source,
        c.page ?? '-',
        versionOf(c),
      ]),
    ],
  ] as const;
  const attributes = Object.entries(view.attributes);
  const head = facts([
    ['email', view.email],
    ['name', view.name ?? '-'],
    ['language', view.language ?? '-'],
    ['time zone', view.timezone ?? '-'],
    ...attributes,
  ]);
  const wordings = new Map(view.consent.map((c) => [versionOf(c), c.wording]));
  return [
    head,
    ...lists.map(([title, rows]) => (rows.length === 0 ? `\nno ${title}` : `\n${titled(title, rows)}`)),
    ...[...wordings].flatMap(([version, wording]) =>
      wording === null ? [] : [`\nwording ${version}: ${wording}`],
    ),
  ].join('\n');
}

const versionOf = ({ wordingVersion, language }: SubscriberView['consent'][number]): string =>
  wordingVersion === null ? '-' : `${wordingVersion}${language === null ? '' : ` (${language})`}`;

function titled(title: string, rows: readonly (readonly string[])[]): string {
  return table([title, ...(rows[0] ?? []).slice(1).map(() => '')], rows);
}

const minute = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')}Z`;

const day = (date: Date | null): string => date?.toISOString().slice(0, 10) ?? '-';

async function exportAll(open: OpenContext, options: ExportOptions): Promise<void> {
  const { program } = await open();
  const newsletter = await findNewsletter(program.db, options.newsletter);
  const text = options.json
    ? ndjson(exportSubscribers(program.db, newsletter.id, options.state))
    : exportCsv(program.db, newsletter.id, options.state);
  await pipeline(Readable.from(text), process.stdout, { end: false });
}

async function* ndjson(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((one) => `${JSON.stringify(one)}\n`).join('');
}

async function unsubscribeByHand(open: OpenContext, address: string, slug: string): Promise<void> {
  const { program, out } = await open();
  const newsletter = await findNewsletter(program.db, slug);
  const { subscriber, email } = await findSubscription(program.db, newsletter.id, address);
  await unsubscribe(program.db, program.clock, {
    newsletter: newsletter.id,
    subscriber,
    by: 'editor',
    origin: fromCommandLine,
  });
  out(
    { email, newsletter: slug, state: 'unsubscribed' },
    `${email} is unsubscribed from ${slug}: nothing more goes out`,
  );
}

async function erase(
  open: OpenContext,
  address: string,
  { yes, json }: { yes?: boolean; json?: boolean },
): Promise<void> {
  const ask = process.stdin.isTTY && !yes && !json;
  if (ask && !(await askYes('Delete all data about this person? This cannot be undone.')))
    throw new Refused('not-erased', 'nothing was deleted');
  const { program, out } = await open();
  await eraseSubscriber(program.db, program.keys, program.clock, address);
  out({ erased: true }, 'erased: only a hash stays, so that no import brings them back');
}
