/** Turns a stored issue into its edition, which sends, test messages and dry runs start from. */
import { type Newsletter, newsletterView, readNewsletterById } from '../audience/newsletters/newsletter.ts';
import type { KeptPicture } from '../checks/check.ts';
import { checkIssue } from '../checks/check-issue.ts';
import { archiveUrl } from '../consent/links.ts';
import type { Db } from '../db/connection.ts';
import type { Document, Message } from '../issue/document/document.ts';
import type { FoundIssue } from '../issue/find.ts';
import { findMedia, sizeOf, weighMedia } from '../issue/media/store.ts';
import { readIssue } from '../issue/read.ts';
import { storedLinks } from '../issue/targets/site-links.ts';
import type { Edition } from '../render/edition/edition.ts';
import { renderIssue } from '../render/issue.ts';
import type { EmailFiles } from '../render/theme/email-files.ts';

export interface PreparedIssue {
  document: Document;
  edition: Edition;
  mjml: string;
  /** From reading, rendering and all checks. */
  messages: Message[];
  newsletter: Newsletter;
}

export interface PrepareContext {
  /** Without a trailing slash, as is `mediaUrl`. */
  publicUrl: string;
  /** Where pictures are served from; null: `publicUrl`. */
  mediaUrl: string | null;
  emails: EmailFiles;
  now?: Date;
}

/** Throws Refused('template') for a faulty theme. */
export async function prepareIssue(
  db: Db,
  context: PrepareContext,
  issue: FoundIssue,
): Promise<PreparedIssue> {
  const { publicUrl, mediaUrl, emails } = context;
  const newsletter = await readNewsletterById(db, issue.newsletterId);
  const view = newsletterView(newsletter);
  const document = readStored(issue, newsletter);
  const { media } = issue;
  const stored = await findMedia(db, Object.values(media));
  const { edition, mjml, messages } = await renderIssue(document, {
    newsletter: view,
    issue: {
      slug: issue.slug,
      archiveUrl: newsletter.archive === 'off' ? null : archiveUrl(publicUrl, newsletter.slug, issue.slug),
    },
    publicUrl,
    emails,
    image: (url) => (media[url] ? `${mediaUrl ?? publicUrl}/media/${media[url]}` : null),
    sizeOf: (url) => sizeOf(stored.get(media[url] ?? '')),
  });
  const subject = {
    source: issue.source,
    document,
    newsletter: view,
    legalProfile: newsletter.legalProfile,
    emails,
    edition,
    pictures: await weighPictures(db, media),
    mirrors: false,
    now: context.now,
  };
  return { document, edition, mjml, messages: await checkIssue(subject, messages), newsletter };
}

const readStored = (issue: FoundIssue, { language, baseUrl, timezone }: Newsletter): Document =>
  readIssue(issue.source, {
    file: issue.sourceName,
    language,
    baseUrl: baseUrl ?? undefined,
    timezone,
    links: storedLinks(issue.links),
  });

async function weighPictures(
  db: Db,
  media: Readonly<Record<string, string>>,
): Promise<Map<string, KeptPicture>> {
  const bytes = await weighMedia(db, Object.values(media));
  return new Map(Object.entries(media).map(([url, hash]) => [url, { bytes: bytes.get(hash) ?? null }]));
}
