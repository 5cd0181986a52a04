/** `postrider segment create|list|show|count|delete`: readers who meet an expression. */
import type { Command } from 'commander';
import { findNewsletter, type Newsletter } from '../../audience/newsletters/newsletter.ts';
import { countReaders, type SegmentCount } from '../../audience/segments/count.ts';
import { type ResolvedSegment, resolveSegment } from '../../audience/segments/resolve.ts';
import { deleteSegment, listSegments, segmentNamed, storeSegment } from '../../audience/segments/store.ts';
import { Refused } from '../../errors.ts';
import type { CliContext, OpenContext } from '../context.ts';
import { counted, facts, table } from '../text.ts';

interface Options {
  newsletter: string;
  replace?: boolean;
  exact?: boolean;
}

const NEWSLETTER = ['--newsletter <slug>', 'whose readers'] as const;
const JSON_OPTION = ['--json', 'one JSON value on standard output'] as const;
const EXACT = ['--exact', 'count everybody, however long it takes (default: estimate after 0.1 s)'] as const;

const HELP = `
An expression compares fields, tags, attributes and issues; and, or, not and parentheses combine them:

  tag vip                          city = Berlin             language = de
  tag in (vip, gold)               city in (Rome, "New York")  domain = example.org
  age >= 30                        city is set               name starts with A
  joined within 30 days            city != Rome              email ends with .org
  confirmed since 2026-01-01       not got 2026-11-23        segment NAME

A reader without the attribute does not meet a condition on it, so city != Rome includes them.`;

export function segmentCommands(root: Command, open: OpenContext): void {
  const segment = root
    .command('segment')
    .description('Segments: readers who meet an expression, for issue send --segment.');
  segment
    .command('create <name> <expression>')
    .description('Keeps an expression under a name.')
    .requiredOption(...NEWSLETTER)
    .option('--replace', 'change the segment of that name')
    .option(...JSON_OPTION)
    .addHelpText('after', HELP)
    .action((name: string, expression: string, options: Options) => create(open, name, expression, options));
  segment
    .command('list')
    .description('Lists the segments of a newsletter.')
    .requiredOption(...NEWSLETTER)
    .option(...JSON_OPTION)
    .action((options: Options) => list(open, options));
  const counting = (name: string, what: string) =>
    segment
      .command(`${name} <segment>`)
      .description(what)
      .requiredOption(...NEWSLETTER)
      .option(...EXACT)
      .option(...JSON_OPTION)
      .addHelpText('after', HELP);
  counting(
    'show',
    'Shows what a segment says, how its attributes are read, and how many readers it has.',
  ).action((text: string, options: Options) => show(open, text, options, false));
  counting('count', 'Counts the readers of a segment or an expression who would get an issue now.').action(
    (text: string, options: Options) => show(open, text, options, true),
  );
  segment
    .command('delete <name>')
    .description('Deletes a segment. Sends that were ordered with it keep their expression.')
    .requiredOption(...NEWSLETTER)
    .option(...JSON_OPTION)
    .action((name: string, options: Options) => remove(open, name, options));
}

async function opened(
  open: OpenContext,
  { newsletter }: Options,
): Promise<CliContext & { newsletter: Newsletter }> {
  const context = await open();
  return { ...context, newsletter: await findNewsletter(context.program.db, newsletter) };
}

async function create(open: OpenContext, name: string, expression: string, options: Options): Promise<void> {
  const { program, out, newsletter } = await opened(open, options);
  if (expression.trim() === name)
    throw new Refused('bad-segment', `the segment "${name}" would contain itself`);
  const resolved = await resolveSegment(program.db, newsletter, expression);
  const stored = { name, expression: resolved.expression };
  const change = await storeSegment(program.db, newsletter.id, stored, options.replace === true);
  const size = await countReaders(program.db, newsletter.id, resolved);
  out(
    { newsletter: newsletter.slug, ...stored, change, ...size, attributes: resolved.attributes },
    [`${change} ${name}: ${countText(size)}`, ...attributeTexts(resolved)].join('\n'),
  );
}

async function list(open: OpenContext, options: Options): Promise<void> {
  const { program, out, newsletter } = await opened(open, options);
  const segments = await listSegments(program.db, newsletter.id);
  const text =
    segments.length === 0
      ? `${newsletter.slug} has no segments; see postrider segment create --help`
      : table(
          ['segment', 'expression'],
          segments.map(({ name, expression }) => [name, expression]),
        );
  out({ newsletter: newsletter.slug, segments }, text);
}

/** `brief`: only the number, and how attributes are read. */
async function show(open: OpenContext, text: string, options: Options, brief: boolean): Promise<void> {
  const { program, out, newsletter } = await opened(open, options);
  const resolved = await resolveSegment(program.db, newsletter, text);
  const size = await countReaders(program.db, newsletter.id, resolved, options.exact ? 0 : undefined);
  const { name, expression, attributes } = resolved;
  const head = facts([
    ...(name === null ? [] : [['segment', name] as const]),
    ['expression', expression],
    ['readers', countText(size)],
  ]);
  out(
    { newsletter: newsletter.slug, name, expression, attributes, ...size },
    [brief ? countText(size) : head, ...attributeTexts(resolved)].join('\n'),
  );
}

const countText = ({ readers, exact, margin }: SegmentCount): string =>
  exact
    ? counted(readers, 'reader')
    : `about ${counted(readers, 'reader')} (±${margin}; --exact counts them all)`;

/** Said because values are texts: another type would give another answer. */
const attributeTexts = ({ attributes }: ResolvedSegment): string[] =>
  attributes
    .filter(({ type, declared }) => declared || type !== 'text')
    .map(({ name, type, declared }) => `${name} is read as a ${type}${declared ? '' : ', by its values'}`);

async function remove(open: OpenContext, name: string, options: Options): Promise<void> {
  const { program, out, newsletter } = await opened(open, options);
  const known = await segmentNamed(program.db, newsletter.id, name);
  if (!known || !(await deleteSegment(program.db, newsletter.id, name)))
    throw new Refused('unknown-segment', `${newsletter.slug} has no segment called "${name}"`);
  out({ newsletter: newsletter.slug, deleted: name }, `deleted ${name}: ${known.expression}`);
}
