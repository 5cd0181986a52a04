/** What a source is read, rendered and checked with: the view of the named newsletter, or an invented one. */
import { type Newsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import type { CheckedIssue, KeptPicture } from '../../checks/check.ts';
import { archiveUrl } from '../../consent/links.ts';
import type { Db } from '../../db/connection.ts';
import type { Document } from '../../issue/document/document.ts';
import type { Medium } from '../../issue/media/store.ts';
import type { Edition } from '../../render/edition/edition.ts';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import type { RenderContext } from '../../render/issue-rendering.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import type { FolderReader } from '../source/folder-reader.ts';

export interface AuthoringContext {
  /** Null when no newsletter is named. */
  view: NewsletterView | null;
  /** As stored in the database; null when none is named. */
  newsletter: Newsletter | null;
  /** Null when none is needed. */
  db: Db | null;
  emails: EmailFiles;
  publicUrl: string;
  folders: FolderReader;
  now?: Date;
}

/** The context of a named newsletter. */
export interface NewsletterContext extends AuthoringContext {
  view: NewsletterView;
  newsletter: Newsletter;
  db: Db;
  now: Date;
}

export const newsletterContext = (
  newsletter: Newsletter,
  parts: Pick<NewsletterContext, 'db' | 'emails' | 'publicUrl' | 'folders' | 'now'>,
): NewsletterContext => ({ ...parts, newsletter, view: newsletterView(newsletter) });

/** The newsletter that a source is rendered for when none is named. */
export const placeholderNewsletter = (language: string): NewsletterView => ({
  slug: 'preview',
  name: 'Preview',
  from: { name: 'Preview', address: 'preview@example.org' },
  replyTo: null,
  language,
  theme: 'default',
  colors: {},
  logo: null,
  postalAddress: '1 Example Street, Exampletown',
  baseUrl: null,
  archive: 'public',
});

export const viewOf = ({ view }: Pick<AuthoringContext, 'view'>, { language }: Document): NewsletterView =>
  view ?? placeholderNewsletter(language);

export function renderContext(
  document: Document,
  slug: string,
  context: Pick<AuthoringContext, 'view' | 'emails' | 'publicUrl'>,
  pictures: Pick<RenderContext, 'image' | 'sizeOf'> = {},
): RenderContext {
  const newsletter = viewOf(context, document);
  const archive = newsletter.archive === 'off' ? null : archiveUrl(context.publicUrl, newsletter.slug, slug);
  return {
    newsletter,
    issue: { slug, archiveUrl: archive },
    publicUrl: context.publicUrl,
    emails: context.emails,
    ...pictures,
  };
}

/**
 * What the checks look at. `edition` is null if the issue was not rendered; `media` is keyed by the address as written.
 */
export function checkSubject(
  source: string,
  document: Document,
  edition: Edition | null,
  media: ReadonlyMap<string, Medium>,
  context: Pick<AuthoringContext, 'view' | 'newsletter' | 'emails' | 'now'>,
): CheckedIssue {
  const pictures = [...media].map(([url, { bytes }]): [string, KeptPicture] => [
    url,
    { bytes: bytes?.length ?? null },
  ]);
  return {
    source,
    document,
    newsletter: viewOf(context, document),
    legalProfile: context.newsletter?.legalProfile ?? [],
    emails: context.emails,
    edition,
    pictures: new Map(pictures),
    mirrors: context.newsletter?.images !== 'link',
    now: context.now,
  };
}
