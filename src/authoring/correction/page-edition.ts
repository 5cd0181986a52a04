/** Makes the edition of a source that goes to the web without being imported or sent. */
import type { Document } from '../../issue/document/document.ts';
import { type Medium, sizeOf } from '../../issue/media/store.ts';
import type { Edition } from '../../render/edition/edition.ts';
import { renderIssue } from '../../render/issue.ts';
import { type NewsletterContext, renderContext } from '../render/context.ts';

/** Throws Refused('template') for a faulty theme, Refused('issue-too-heavy') for an issue that no mail could hold. */
export async function pageEdition(
  document: Document,
  slug: string,
  media: ReadonlyMap<string, Medium>,
  context: Pick<NewsletterContext, 'view' | 'emails' | 'publicUrl'> & { mediaUrl: string | null },
): Promise<Edition> {
  const { publicUrl, mediaUrl } = context;
  const address = ({ hash }: Medium): string => `${mediaUrl ?? publicUrl}/media/${hash}`;
  const view = renderContext(document, slug, context, {
    image: (url) => (media.has(url) ? address(media.get(url)!) : null),
    sizeOf: (url) => sizeOf(media.get(url)),
  });
  return (await renderIssue(document, view)).edition;
}
