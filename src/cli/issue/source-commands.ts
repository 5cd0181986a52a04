/** `postrider issue check|inspect|render|import|correct|list`: from a file to a draft, or to a corrected page. */
import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import type { OpenContext } from '../context.ts';

export function issueSourceCommands(issue: Command, open: OpenContext, readSettings: () => Config): void {
  const json = ['--json', 'one JSON value on standard output'] as const;
  issue
    .command('check <file>')
    .description(
      'Reads and checks an issue; messages name file:line. Opens a database only with --newsletter.',
    )
    .option('--newsletter <slug>', 'check it as an issue of this newsletter')
    .option('--online', 'request every link and picture to see whether it exists')
    .option('--audience', 'count the confirmed subscribers who lack a value for a slot')
    .option(...json)
    .action(async (file, options) => (await import('./check.ts')).check(open, readSettings, file, options));
  issue
    .command('inspect <file>')
    .description('The document as JSON: title, date, language, blocks, outline, messages.')
    .option('--newsletter <slug>', 'read it as an issue of this newsletter: its time zone decides the day')
    .option(...json)
    .action(async (file, options) =>
      (await import('./inspect.ts')).inspect(open, readSettings, file, options),
    );
  issue
    .command('render <file>')
    .description('Writes email.html, email.txt, email.mjml, email.eml and document.json.')
    .requiredOption('--out <folder>', 'the folder to write to')
    .option('--newsletter <slug>', 'render it as an issue of this newsletter')
    .option(...json)
    .action(async (file, options) => (await import('./render.ts')).render(open, readSettings, file, options));
  issue
    .command('import <file...>')
    .description('Creates or updates drafts; "-" is standard input. Idempotent by newsletter and slug.')
    .requiredOption('--newsletter <slug>', 'the newsletter that they belong to')
    .option('--slug <slug>', 'name of the issue, where the front matter gives none')
    .option('--archived', 'put them straight into the archive; they are never sent')
    .option('--replace', 'allow replacing a draft whose title and date both differ')
    .option(
      '--base <folder|url>',
      'where its pictures are, if not beside the file (standard input has no folder)',
    )
    .option('--allow-missing-pictures', 'import it even if a picture is neither there nor on the web')
    .option(...json)
    .action(async (files, options) => (await import('./import.ts')).importFiles(open, files, options));
  issue
    .command('correct <file>')
    .description(
      'Corrects the web page of an issue that is out; its mails stay as they are. "-" is standard input.',
    )
    .requiredOption('--newsletter <slug>', 'the newsletter that it belongs to')
    .option('--slug <slug>', 'name of the issue, where the front matter gives none')
    .option('--note <text>', 'what was corrected, shown with the date above the issue')
    .option(
      '--base <folder|url>',
      'where its pictures are, if not beside the file (standard input has no folder)',
    )
    .option('--allow-missing-pictures', 'correct it even if a picture is neither there nor on the web')
    .option(...json)
    .action(async (file, options) => (await import('./correct.ts')).correct(open, file, options));
  issue
    .command('list')
    .description('Lists all issues, newest first.')
    .option('--newsletter <slug>', 'only those of this newsletter')
    .option(...json)
    .action(async (options) => (await import('./list.ts')).list(open, options));
}
