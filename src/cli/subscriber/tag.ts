/** `postrider subscriber tag`. */
import type { Command } from 'commander';
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import { resolveSegment } from '../../audience/segments/resolve.ts';
import { type TagResult, tagAddresses, tagSegment } from '../../audience/tags.ts';
import { Usage } from '../../errors.ts';
import type { OpenContext } from '../context.ts';
import { counted } from '../text.ts';

interface TagOptions {
  newsletter: string;
  segment?: string;
  add?: string[];
  remove?: string[];
}

export function tagCommand(subscriber: Command, open: OpenContext): void {
  subscriber
    .command('tag [addresses...]')
    .description('Gives tags to subscribers of a newsletter, or takes them away.')
    .requiredOption('--newsletter <slug>')
    .option('--add <tag...>', 'tags to give')
    .option('--remove <tag...>', 'tags to take away')
    .option('--segment <segment>', 'instead of addresses: all readers in it, a name or an expression')
    .option('--json', 'one JSON value on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider subscriber tag ann@example.org --newsletter weekly --add vip\n  postrider subscriber tag --newsletter weekly --segment "city = Berlin" --add local --remove guest',
    )
    .action((addresses: string[], options: TagOptions) => tag(open, addresses, options));
}

async function tag(open: OpenContext, addresses: string[], options: TagOptions): Promise<void> {
  const change = { add: options.add ?? [], remove: options.remove ?? [] };
  if (change.add.length + change.remove.length === 0)
    throw new Usage('expected --add or --remove with a tag');
  if (addresses.length > 0 === (options.segment !== undefined))
    throw new Usage('expected either addresses or --segment');
  const { program, out } = await open();
  const { db } = program;
  const newsletter = await findNewsletter(db, options.newsletter);
  const result: TagResult =
    options.segment === undefined
      ? await tagAddresses(db, newsletter.id, addresses, change)
      : await tagSegment(db, newsletter.id, await resolveSegment(db, newsletter, options.segment), change);
  out(
    { newsletter: newsletter.slug, ...change, ...result },
    `${counted(result.changed, 'subscriber')} changed, ${result.unchanged} stay as they were`,
  );
}
