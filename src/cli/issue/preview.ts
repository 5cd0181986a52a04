/** `postrider issue preview`: a page that shows an issue's file as it is being written. */
import { watch } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { AuthoringContext } from '../../authoring/render/context.ts';
import type { Config } from '../../config/config.ts';
import { Usage } from '../../errors.ts';
import type { OpenContext } from '../context.ts';
import { tell } from '../output.ts';
import { aborted, stopController } from '../signals.ts';
import { readSource } from './read-source.ts';

export function previewCommand(issue: Command, open: OpenContext, readSettings: () => Config): void {
  issue
    .command('preview <file>')
    .description(
      'Serves a page on this machine that shows the issue as it is written, and reloads by itself.',
    )
    .option('--newsletter <slug>', 'show it as an issue of this newsletter')
    .option('--port <number>', 'listen here (default: a free port)', '0')
    .action(async (file: string, options: { newsletter?: string; port: string }) => {
      if (!/^\d{1,5}$/.test(options.port))
        throw new Usage(`--port: expected a number, found "${options.port}"`);
      if (file === '-') throw new Usage('a preview needs a file to watch, found standard input');
      const { openAuthoringContext } = await import('./context.ts');
      const context = await openAuthoringContext(open, readSettings, options);
      const preview = await startPreview(file, context, readSettings().emailsDir, Number(options.port));
      tell(`The preview of ${file} is at ${preview.url} (end it with Ctrl-C).`);
      await aborted(stopController().signal);
      await preview.close();
    });
}

/**
 * Listens on 127.0.0.1 only. `emailsDir` is the designer's folder, whose files are watched too. Throws Refused for a
 * file that cannot be read.
 */
export async function startPreview(
  file: string,
  context: AuthoringContext,
  emailsDir: string | null,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  await readSource(file);
  const [{ FilePreview }, { buildPreview }, { EmailFiles }] = await Promise.all([
    import('../../authoring/file-preview.ts'),
    import('../../http/preview/server.ts'),
    import('../../render/theme/email-files.ts'),
  ]);
  let url = '';
  const mediaUrl = () => `${url}/media`;
  const preview = new FilePreview({ file, read: () => readSource(file), context, mediaUrl });
  const app = buildPreview(preview);
  await app.listen({ host: '127.0.0.1', port });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  await preview.refresh();
  const closers = [onChanges(dirname(resolve(file)), false, () => preview.refresh())];
  if (emailsDir !== null)
    closers.push(
      onChanges(emailsDir, true, () => preview.refresh({ ...context, emails: new EmailFiles(emailsDir) })),
    );
  return {
    url,
    async close() {
      for (const close of closers) close();
      await app.close();
    },
  };
}

/** Text editors write a file in several steps. Steps that are this close together count as one change. */
const DEBOUNCE_MS = 25;

/** Watches the folder instead of the file, because text editors replace the file with a new one. */
function onChanges(folder: string, recursive: boolean, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void changed(), DEBOUNCE_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
