/** `postrider issue import`: files become drafts, or issues of the archive. */
import { type ImportedIssue, importFile } from '../../authoring/import-file.ts';
import { Refused } from '../../errors.ts';
import type { Message } from '../../issue/document/document.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { openStoringContext } from './context.ts';
import { readSource } from './read-source.ts';
import { report } from './report.ts';

interface ImportOptions {
  newsletter: string;
  slug?: string;
  archived?: boolean;
  replace?: boolean;
  base?: string;
  allowMissingPictures?: boolean;
}

/** A file that is refused does not stop the files after it. */
export async function importFiles(open: OpenContext, files: string[], options: ImportOptions): Promise<void> {
  const { newsletter, base, ...rest } = options;
  if (rest.slug !== undefined && files.length > 1)
    throw new Refused(
      'one-slug',
      `--slug names one issue, ${files.length} files were given; leave it out, or import them one by one`,
    );
  const context = await openStoringContext((await open()).program, newsletter);
  const imported: ImportedIssue[] = [];
  const refused: string[] = [];
  for (const file of files) {
    try {
      const onChecked = (messages: readonly Message[]) => report(file, messages);
      imported.push(await importFile(await readSource(file, base), context, { ...rest, onChecked }));
    } catch (error) {
      if (!(error instanceof Refused) || files.length === 1) throw error;
      refused.push(error.message.startsWith(file) ? error.message : `${file}: ${error.message}`);
    }
  }
  out(
    files.length === 1 ? imported[0] : imported,
    imported.map(({ change, issue, state }) => `${change.padEnd(9)} ${issue} (${state})`).join('\n'),
  );
  if (refused.length > 0)
    throw new Refused(
      'not-all-imported',
      `${refused.length} of ${files.length} files were not imported:\n${refused.join('\n')}`,
    );
}
