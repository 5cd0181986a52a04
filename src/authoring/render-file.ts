/** `issue render`: a source as the mail that one invented reader would get. */
import type { Document, Message } from '../issue/document/document.ts';
import type { Medium } from '../issue/media/store.ts';
import { issueSlug } from '../issue/slug.ts';
import { refuseErrors } from './messages.ts';
import type { AuthoringContext } from './render/context.ts';
import { readFile } from './render/read.ts';
import { renderRead } from './render/render.ts';
import { type SampleMessage, sampleMessage } from './render/sample-message.ts';
import { type SourceFile, STANDARD_INPUT } from './source/source-file.ts';

export interface RenderedFile {
  document: Document;
  mjml: string;
  sample: SampleMessage;
  /** Keyed by the address as written. */
  media: ReadonlyMap<string, Medium>;
  messages: Message[];
}

/**
 * `address`: where a picture beside the file is served from. Throws Refused('issue-errors') for a source that cannot be
 * read, Refused('template') for a faulty theme.
 */
export async function renderFile(
  file: SourceFile,
  context: AuthoringContext,
  address: (medium: Medium) => string,
): Promise<RenderedFile> {
  const read = await readFile(file, context);
  const { document } = read;
  refuseErrors(file.name, document.messages);
  const slug = issueSlug({
    frontMatterSlug: document.slug,
    optionSlug: null,
    file: file.name === STANDARD_INPUT ? 'issue.md' : file.name,
  });
  const { edition, mjml, viewUrl, media, messages } = await renderRead(read, context, { slug, address });
  const sample = sampleMessage(edition, { publicUrl: context.publicUrl, viewUrl });
  return { document, mjml, sample, media, messages: [...document.messages, ...messages] };
}
