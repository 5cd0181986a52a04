/** `postrider feedback ...`: what comes back after acceptance. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import type { OpenContext } from '../context.ts';
import { keyCommands } from './key.ts';
import { listCommands } from './list.ts';

export function feedbackCommands(root: Command, open: OpenContext, readSettings: () => Config): void {
  const feedback = root
    .command('feedback')
    .description('What comes back: bounces, complaints and the events of mail providers.');
  feedback
    .command('ingest <path...>')
    .description(
      'Reads mails that came back (.eml files, mbox files, Maildirs, folders of them; - is standard input) and says what each means for whom. With a database it also does that: suppresses, counts, unsubscribes.',
    )
    .option('--explain', 'only say it, and open no database')
    .option('--json', 'one JSON array on standard output')
    .action(async (paths: string[], { explain = false }: { explain?: boolean }) => {
      const { ingest } = await import('./ingest.ts');
      const applies = !explain && hasDatabase(readSettings());
      return ingest(paths, applies ? (await open()).program : null);
    });
  listCommands(feedback, open);
  keyCommands(feedback, open);
}

/** An embedded database that was never started holds nobody, so it is not made for this. */
const hasDatabase = ({ way, home }: Config): boolean => way !== 'embedded' || existsSync(home);
