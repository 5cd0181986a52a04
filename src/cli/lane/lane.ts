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
    .description('Lists every lane: its domains, its limits, its state at each relay, and why.')
    .option(...json)
    .action(async () => (await import('./list.ts')).list(open));
  lane
    .command('set <lane>')
    .description('Changes a lane while Postrider runs, or creates one for the given domains.')
    .option('--domain <domain...>', 'put these domains into the lane, for issues planned from now on')
    .option('--connections <n>', 'messages in transit at the same time, over all processes; 0: no limit')
    .option('--rate <n>', 'messages per second, over all processes; 0: no limit')
    .option('--relay <name>', 'for this relay only (default: for every relay)')
    .option('--clear', 'remove what was set, and forget what was learned')
    .option(
      '--mx <on|off>',
      'for the lane "other": sort domains that no list names by their mail servers (default: off)',
    )
    .option(...json)
    .action(async (name: string, options: Record<string, string | string[] | true>) =>
      (await import('./set.ts')).set(open, name, options),
    );
}
