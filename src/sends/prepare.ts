/** From a stored issue to its edition: what sending, testing and rendering by name have in common. */
import { type Newsletter, newsletterView, readNewsletterById } from '../audience/newsletters/newsletter.ts';
import { checkIssue } from '../checks/check-issue.ts';
import { archiveUrl } from '../consent/links.ts';
import type { Db } from '../db/connection.ts';
import type { Document, Message } from '../issue/document/document.ts';
import type { FoundIssue } from '../issue/find.ts';
import { findMedia, sizeOf, weighMedia } from '../issue/media/store.ts';
import { readIssue } from '../issue/read.ts';
import { keptLinks } from '../issue/targets/site-links.ts';
import type { Edition } from '../render/edition/edition.ts';
import { renderIssue } from '../render/issue.ts';
import type { EmailFiles } from '../render/theme/email-files.ts';

export interface Prepared {
  document: Document;
  edition: Edition;
  mjml: string;
  messages: Message[];
  newsletter: Newsletter;
}

/** `publicUrl` and `mediaUrl` without a trailing slash. Throws Refused('template') for a fault in the theme. */
export async function prepareIssue(
  db: Db,
  places: { publicUrl: string; mediaUrl: string | null; emails: EmailFiles; now?: Date },
  issue: FoundIssue,
): Promise<Prepared> {
  const newsletter = await readNewsletterById(db, issue.newsletter_id);
  const document = readIssue(issue.source, {
    file: issue.source_name,
    language: newsletter.language,
    baseUrl: newsletter.baseUrl ?? undefined,
    timezone: newsletter.timezone,
    links: keptLinks(issue.links),
  });
  const media = issue.media;
  const kept = await findMedia(db, Object.values(media));
  const rendered = await renderIssue(document, {
    newsletter: newsletterView(newsletter),
    issue: {
      slug: issue.slug,
      archiveUrl:
        newsletter.archive === 'off' ? null : archiveUrl(places.publicUrl, newsletter.slug, issue.slug),
    },
    publicUrl: places.publicUrl,
    emails: places.emails,
    image: (url) => (media[url] ? `${places.mediaUrl ?? places.publicUrl}/media/${media[url]}` : null),
    sizeOf: (url) => sizeOf(kept.get(media[url] ?? '')),
  });
  const bytes = await weighMedia(db, Object.values(media));
  const pictures = Object.entries(media).map(
    ([url, hash]) => [url, { bytes: bytes.get(hash) ?? null }] as const,
  );
  const subject = {
    source: issue.source,
    document,
    newsletter: newsletterView(newsletter),
    legalProfile: newsletter.legalProfile,
    emails: places.emails,
    edition: rendered.edition,
    pictures: new Map(pictures),
    mirrors: false,
    now: places.now,
  };
  const messages = await checkIssue(subject, rendered.messages);
  return { document, edition: rendered.edition, mjml: rendered.mjml, messages, newsletter };
}
