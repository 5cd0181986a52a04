/** The edition of a file that goes to the web without being imported or sent. */
import { newsletterView } from '../../audience/newsletters/newsletter.ts';
import type { Program } from '../../bootstrap.ts';
import { type Medium, sizeOf } from '../../issue/media/store.ts';
import type { Edition } from '../../render/edition/edition.ts';
import { renderIssue } from '../../render/issue.ts';
import type { Incoming } from './pictures.ts';
import { contextOf } from './render-context.ts';

/** Throws Refused('template') for a fault of the theme, Refused('issue-too-heavy') for what is no issue. */
export async function pageEdition(
  { db, emails, config }: Pick<Program, 'db' | 'emails' | 'config'>,
  { document, newsletter, slug }: Pick<Incoming, 'document' | 'newsletter' | 'slug'>,
  media: ReadonlyMap<string, Medium>,
): Promise<Edition> {
  const { publicUrl, mediaUrl } = config;
  const around = { view: newsletterView(newsletter), newsletter, db, emails, publicUrl };
  const address = ({ hash }: Medium): string => `${mediaUrl ?? publicUrl}/media/${hash}`;
  const context = contextOf(document, slug, around, {
    image: (url) => (media.has(url) ? address(media.get(url)!) : null),
    sizeOf: (url) => sizeOf(media.get(url)),
  });
  return (await renderIssue(document, context)).edition;
}
