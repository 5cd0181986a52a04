/** What commands that take a file render it with: a newsletter's view where one is named, else an invented one. */
import { findNewsletter, type Newsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import type { KeptPicture, Subject } from '../../checks/check.ts';
import type { Config } from '../../config/config.ts';
import { archiveUrl } from '../../consent/links.ts';
import type { Db } from '../../db/connection.ts';
import { systemClock } from '../../io/clock.ts';
import type { Document } from '../../issue/document/document.ts';
import type { Medium } from '../../issue/media/store.ts';
import { readIssue } from '../../issue/read.ts';
import type { Edition } from '../../render/edition/edition.ts';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import type { RenderContext } from '../../render/issue.ts';
import { EmailFiles } from '../../render/theme/email-files.ts';
import type { OpenContext } from '../shared.ts';
import { nameOf, readSource } from './files.ts';
import { type Asked, type FoundLinks, findLinks, folderOfIssue } from './links.ts';

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
  /** As it stands in the database; null where none was named. */
  newsletter: Newsletter | null;
  /** Null where none was needed. */
  db: Db | null;
  emails: EmailFiles;
  publicUrl: string;
  /** When the command runs. */
  now?: Date;
}

export async function surroundings(
  open: OpenContext,
  readSettings: () => Config,
  options: NewsletterOption,
): Promise<Surroundings> {
  if (options.newsletter === undefined) {
    const config = readSettings();
    return {
      view: null,
      newsletter: null,
      db: null,
      emails: new EmailFiles(config.emailsDir),
      publicUrl: config.publicUrl,
      now: systemClock.now(),
    };
  }
  const { wire } = await open();
  const newsletter = await findNewsletter(wire.db, options.newsletter);
  const view = newsletterView(newsletter);
  const now = wire.clock.now();
  return { view, newsletter, db: wire.db, emails: wire.emails, publicUrl: wire.config.publicUrl, now };
}

export interface ReadFile {
  source: string;
  document: Document;
  /** Null where no address needs the files of a site. */
  site: FoundLinks | null;
}

/** `base`: the folder that pictures and pages are beside, if not the file's own. */
export async function readDocument(
  file: string,
  around: Pick<Surroundings, 'view' | 'newsletter' | 'db' | 'publicUrl'>,
  base: string | null = null,
): Promise<ReadFile> {
  const { view, newsletter } = around;
  const source = await readSource(file);
  const asked: Asked[] = [];
  const options = {
    file: nameOf(file),
    language: view?.language,
    baseUrl: view?.baseUrl ?? undefined,
    timezone: newsletter?.timezone,
  };
  const document = readIssue(source, {
    ...options,
    links: (written, what) => {
      asked.push({ written, what });
      return null;
    },
  });
  const folder = base ?? folderOfIssue(file);
  if (asked.length === 0 || folder === null) return { source, document, site: null };
  const site = await findLinks(asked, { folder, baseUrl: document.baseUrl, around });
  return { source, document: readIssue(source, { ...options, links: site.links }), site };
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

/** What the checks look at. `edition` is null where it was not rendered, `media` is by the address as written. */
export function subjectOf(
  source: string,
  document: Document,
  edition: Edition | null,
  media: ReadonlyMap<string, Medium>,
  { view, newsletter, emails, now }: Pick<Surroundings, 'view' | 'newsletter' | 'emails' | 'now'>,
): Subject {
  const pictures = [...media].map(([url, { bytes }]): [string, KeptPicture] => [
    url,
    { bytes: bytes?.length ?? null },
  ]);
  return {
    source,
    document,
    newsletter: view ?? anyNewsletter(document.language),
    legalProfile: newsletter?.legalProfile ?? [],
    emails,
    edition,
    pictures: new Map(pictures),
    mirrors: newsletter?.images !== 'link',
    now,
  };
}
