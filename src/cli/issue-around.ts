/** What commands that take a file render it with: a newsletter's view where one is named, else an invented one. */
import { findNewsletter, newsletterView } from '../audience/newsletter.ts';
import type { Config } from '../config.ts';
import { archiveUrl } from '../consent/links.ts';
import type { Document } from '../issue/document.ts';
import { readIssue } from '../issue/read.ts';
import { EmailFiles } from '../render/emails.ts';
import type { RenderContext } from '../render/issue.ts';
import type { NewsletterView } from '../render/newsletter-view.ts';
import { readSource } from './issue-files.ts';
import type { OpenContext } from './shared.ts';

export interface NewsletterOption {
  newsletter?: string;
}

/** What a file is rendered as when no newsletter is named. */
export const anyNewsletter = (language: string): NewsletterView => ({
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

export interface Surroundings {
  view: NewsletterView | null;
  emails: EmailFiles;
  publicUrl: string;
}

export async function surroundings(
  open: OpenContext,
  readSettings: () => Config,
  options: NewsletterOption,
): Promise<Surroundings> {
  if (options.newsletter === undefined) {
    const config = readSettings();
    return { view: null, emails: new EmailFiles(config.emailsDir), publicUrl: config.publicUrl };
  }
  const { wire } = await open();
  const view = newsletterView(await findNewsletter(wire.db, options.newsletter));
  return { view, emails: wire.emails, publicUrl: wire.config.publicUrl };
}

export async function readDocument(
  file: string,
  view: NewsletterView | null,
): Promise<{ source: string; document: Document }> {
  const source = await readSource(file);
  const document = readIssue(source, { file, language: view?.language, baseUrl: view?.baseUrl ?? undefined });
  return { source, document };
}

export function contextOf(
  document: Document,
  slug: string,
  around: Surroundings,
  pictures: Pick<RenderContext, 'image' | 'sizeOf'> = {},
): RenderContext {
  const newsletter = around.view ?? anyNewsletter(document.language);
  const archive = newsletter.archive === 'off' ? null : archiveUrl(around.publicUrl, newsletter.slug, slug);
  return {
    newsletter,
    issue: { slug, archiveUrl: archive },
    publicUrl: around.publicUrl,
    emails: around.emails,
    ...pictures,
  };
}
