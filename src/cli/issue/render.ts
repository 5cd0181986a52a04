/** `postrider issue render`: an issue's mail, and what it was made from, as files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RenderedFile, renderFile } from '../../authoring/render-file.ts';
import type { Config } from '../../config/config.ts';
import { inspectJson } from '../../issue/inspect.ts';
import type { Medium } from '../../issue/media/store.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { type NewsletterOption, openAuthoringContext } from './context.ts';
import { readSource } from './read-source.ts';
import { report } from './report.ts';

export async function render(
  open: OpenContext,
  readSettings: () => Config,
  file: string,
  options: NewsletterOption & { out: string },
): Promise<void> {
  const context = await openAuthoringContext(open, readSettings, options);
  const rendered = await renderFile(await readSource(file), context, addressOf);
  report(file, rendered.messages);
  const sizes = await writeFiles(options.out, rendered);
  out(
    { out: options.out, sizes, messages: rendered.messages },
    Object.entries(sizes)
      .map(([name, size]) => `${join(options.out, name)}  ${size} bytes`)
      .join('\n'),
  );
}

async function writeFiles(
  folder: string,
  { document, mjml, sample, media }: RenderedFile,
): Promise<Record<string, number>> {
  const files = {
    'email.html': sample.html,
    'email.txt': sample.text,
    'email.mjml': mjml,
    'email.eml': sample.message,
    'document.json': JSON.stringify(inspectJson(document), null, 2),
  };
  await mkdir(join(folder, 'media'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  for (const medium of media.values())
    if (medium.bytes) await writeFile(join(folder, fileOf(medium)), medium.bytes);
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, Buffer.byteLength(content)]),
  );
}

/** A file beside the HTML, in a path as long as that of a sent mail (`/media/:hash`), so that sizes are the same. */
const addressOf = ({ hash, type }: Medium): string => {
  const name = `media/${hash.slice(0, 16)}`;
  // Links to calendar files add the extension themselves.
  return isCalendar(type) ? name : `${name}.${type.replace(/^image\/|\+xml$/g, '')}`;
};

const fileOf = (medium: Medium): string =>
  isCalendar(medium.type) ? `${addressOf(medium)}.ics` : addressOf(medium);

const isCalendar = (type: string): boolean => type.startsWith('text/calendar');
