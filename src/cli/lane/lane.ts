/** `postrider lane list|set`: the mailbox providers that are paced apart from each other. */
import type { Command } from 'commander';
import type { OpenContext } from '../context.ts';

const json = ['--json', 'one JSON value on standard output'] as const;

export function laneCommands(root: Command, open: OpenContext): void {
  const lane = root
    .command('lane')
    .description('Lanes: the mails of one mailbox provider, paced apart from the others.');
  lane
    .command('list')
    .description('Every lane: its domains, its limits, and how it stands at each relay, and why.')
    .option(...json)
    .action(async () => (await import('./list.ts')).list(open));
  lane
    .command('set <lane>')
    .description('Changes a lane while Postrider runs, or makes a new one for domains that it is given.')
    .option('--domain <domain...>', 'puts these domains into the lane, for issues planned from now on')
    .option('--connections <n>', 'messages on their way at once, over all processes; 0: no limit')
    .option('--rate <n>', 'messages per second, over all processes; 0: no limit')
    .option('--relay <name>', 'for this relay only (default: for every relay)')
    .option('--clear', 'takes away what was set, and forgets what was learned')
    .option(
      '--mx <on|off>',
      'of the lane "other": sort domains that no list names by who takes their mail (default: off)',
    )
    .option(...json)
    .action(async (name: string, options: Record<string, string | string[] | true>) =>
      (await import('./set.ts')).set(open, name, options),
    );
}
