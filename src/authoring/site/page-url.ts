/** The address on the web of a page or a file of a site, or the reason why it is unknown. */
import { relative, sep } from 'node:path';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { archiveUrl } from '../../consent/links.ts';
import type { Db } from '../../db/connection.ts';
import { hasPage } from '../../issue/find.ts';
import {
  generatedPath,
  hasPelicanDefaults,
  pageHead,
  statedAddress,
} from '../../issue/page-address/page-address.ts';
import { issueSlug } from '../../issue/slug.ts';
import type { SiteForm } from '../../issue/targets/site-form.ts';
import type { SiteFolder } from './site-folder.ts';

/** Where the archive's pages are looked up: those of one newsletter. */
interface ArchiveLookup {
  /** Null if the command opened no database. */
  db: Db | null;
  newsletter: Newsletter | null;
  publicUrl: string;
}

/** Where an issue's links start from. */
export interface LinkOrigin {
  /** The issue's folder. */
  folder: string;
  baseUrl: string | null;
  archive: ArchiveLookup | null;
}

/** The path as the author knows it, relative to the root of the content. */
export const contentPath = (path: string, { content }: SiteFolder): string =>
  urlPath(relative(content, path));
export const urlPath = (path: string): string => path.split(sep).join('/');

export async function pageUrl(
  form: SiteForm,
  path: string,
  source: string,
  origin: LinkOrigin,
  site: SiteFolder,
): Promise<string | { why: string }> {
  const head = pageHead(source);
  const by = form.by === 'any' ? site.settings.by : form.by;
  const [held] = head.publication?.held ?? [];
  if (held)
    return {
      why: `leads to a page that is kept back on its site: ${contentPath(path, site)} says "${held.said}"`,
    };
  const own = statedAddress(head, by);
  if (own === 'unclear') return absoluteUrl(null, origin, site, contentPath(path, site));
  if (own !== null)
    return /^https?:/i.test(own.address) ? own.address : absoluteUrl(own.address, origin, site);
  const issue = await archivePageUrl(head.slug, path, origin);
  if (issue !== null) return issue;
  const text = site.settings.by === by ? site.settings.text : null;
  return absoluteUrl(
    generatedPath(contentPath(path, site), head, { by, text }),
    origin,
    site,
    contentPath(path, site),
  );
}

/** The page's address in the archive, if it is itself an issue of this newsletter that was sent. */
async function archivePageUrl(
  frontMatterSlug: string | null,
  file: string,
  { archive }: LinkOrigin,
): Promise<string | null> {
  if (!archive?.db || !archive.newsletter || archive.newsletter.archive === 'off') return null;
  const slug = slugOf(frontMatterSlug, file);
  if (slug === null || !(await hasPage(archive.db, archive.newsletter.id, slug))) return null;
  return archiveUrl(archive.publicUrl, archive.newsletter.slug, slug);
}

function slugOf(frontMatterSlug: string | null, file: string): string | null {
  try {
    return issueSlug({ frontMatterSlug, file });
  } catch {
    return null;
  }
}

/**
 * Null if it is unknown. Pelican and Jekyll keep the path of a file; Pelican puts an attached one beside its page.
 */
export function fileUrlPath(form: SiteForm, path: string, folder: string, site: SiteFolder): string | null {
  const whole = contentPath(path, site);
  if (form.by === 'jekyll') return /(?:^|\/)[_.#]/.test(whole) ? null : encodedPath(whole);
  if (!hasPelicanDefaults(site.settings.text)) return form.names === 'file' ? encodedPath(whole) : null;
  if (form.names === 'file') return encodedPath(whole);
  const tail = urlPath(relative(folder, path));
  return encodedPath(tail.startsWith('../') ? (tail.split('/').at(-1) ?? tail) : tail);
}

const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** `path` is relative to the site's root. Null: the file has no known address. */
export function absoluteUrl(
  path: string | null,
  { baseUrl }: LinkOrigin,
  site: SiteFolder,
  file = 'it',
): string | { why: string } {
  if (path === null)
    return {
      why: `names a file that is there, but the address of ${file} on the web is not known; give it "permalink:" or "url:" in its front matter, or write the whole address`,
    };
  if (baseUrl === null || !/^https?:\/\//i.test(baseUrl) || !URL.canParse(baseUrl))
    return {
      why: 'leads to a page whose site is not known; set newsletter set NAME --base-url https://..., or write the whole address',
    };
  const base = new URL(baseUrl);
  if (base.pathname !== '/' && !settingsNameBase(base, site.settings.text))
    return {
      why: `leads to a page of the site, and whether its address begins with ${base.origin} or ${baseUrl} is not known; write the whole address, here or as "permalink:" in its front matter`,
    };
  return `${base.origin}${base.pathname.replace(/\/?$/, '/')}${path}`;
}

/** Whether the site's settings have the base URL with its path. */
function settingsNameBase(base: URL, settings: string | null): boolean {
  const path = base.pathname.replace(/\/$/, '');
  const addresses = [
    ...(settings ?? '').matchAll(/^\s*["']?(?:base_?url|siteurl)["']?\s*[:=]\s*["']?([^\s"',]+)/gim),
  ];
  return addresses.some(([, address = '']) => {
    const trimmed = address.replace(/\/$/, '');
    return trimmed === path || trimmed === base.origin + path;
  });
}
