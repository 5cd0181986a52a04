/** `postrider feedback ...`: what comes back after acceptance. */
import type { Command } from 'commander';
import type { OpenContext } from '../context.ts';
import { keyCommands } from './key.ts';

export function feedbackCommands(root: Command, open: OpenContext): void {
  const feedback = root
    .command('feedback')
    .description('What comes back: bounces, complaints and the events of mail providers.');
  feedback
    .command('ingest <path...>')
    .description(
      'Reads mails that came back (.eml files, mbox files, Maildirs, folders of them; - is standard input) and says what each means for whom.',
    )
    .option('--json', 'one JSON array on standard output')
    .action(async (paths: string[]) => (await import('./ingest.ts')).ingest(paths));
  keyCommands(feedback, open);
}
