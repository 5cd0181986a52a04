/** The address on the web of a page or a file of a site, or why it is not known. */
import { relative, sep } from 'node:path';
import { archiveUrl } from '../../consent/links.ts';
import { hasPage } from '../../issue/find.ts';
import {
  hasPelicanDefaults,
  ownAddress,
  pageHead,
  usualPath,
} from '../../issue/page-address/page-address.ts';
import { issueSlug } from '../../issue/slug.ts';
import type { SiteForm } from '../../issue/targets/site-form.ts';
import type { Surroundings } from './render-context.ts';
import type { SiteFolder } from './site-folder.ts';

export interface LinkSeeker {
  /** Where the issue lies: a folder. */
  folder: string;
  baseUrl: string | null;
  around: Pick<Surroundings, 'db' | 'newsletter' | 'publicUrl'> | null;
}

/** From the root of the content. */
export const shown = (path: string, { content }: SiteFolder): string => urlPath(relative(content, path));
export const urlPath = (path: string): string => path.split(sep).join('/');

export async function pageAddress(
  form: SiteForm,
  path: string,
  source: string,
  seeker: LinkSeeker,
  site: SiteFolder,
): Promise<string | { why: string }> {
  const head = pageHead(source);
  const by = form.by === 'any' ? site.settings.by : form.by;
  const [held] = head.publication?.held ?? [];
  if (held)
    return { why: `leads to a page that is kept back on its site: ${shown(path, site)} says "${held.said}"` };
  const own = ownAddress(head, by);
  if (own === 'unclear') return absolute(null, seeker, site, shown(path, site));
  if (own !== null) return /^https?:/i.test(own.address) ? own.address : absolute(own.address, seeker, site);
  const issue = await pageOfIssue(head.slug, path, seeker);
  if (issue !== null) return issue;
  const text = site.settings.by === by ? site.settings.text : null;
  return absolute(usualPath(shown(path, site), head, { by, text }), seeker, site, shown(path, site));
}

/** An issue of the same newsletter that has been sent has a page in the archive. */
async function pageOfIssue(
  frontMatterSlug: string | null,
  file: string,
  { around }: LinkSeeker,
): Promise<string | null> {
  if (!around?.db || !around.newsletter || around.newsletter.archive === 'off') return null;
  const slug = slugOf(frontMatterSlug, file);
  if (slug === null || !(await hasPage(around.db, around.newsletter.id, slug))) return null;
  return archiveUrl(around.publicUrl, around.newsletter.slug, slug);
}

function slugOf(frontMatterSlug: string | null, file: string): string | null {
  try {
    return issueSlug({ frontMatterSlug, file });
  } catch {
    return null;
  }
}

/** Pelican keeps the path of a file, and puts an attached one beside the page. Jekyll keeps it too. */
export function filePath(form: SiteForm, path: string, folder: string, site: SiteFolder): string | null {
  const whole = shown(path, site);
  if (form.by === 'jekyll') return /(?:^|\/)[_.#]/.test(whole) ? null : encodedPath(whole);
  if (!hasPelicanDefaults(site.settings.text)) return form.names === 'file' ? encodedPath(whole) : null;
  if (form.names === 'file') return encodedPath(whole);
  const tail = urlPath(relative(folder, path));
  return encodedPath(tail.startsWith('../') ? (tail.split('/').at(-1) ?? tail) : tail);
}

const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** `path` from the site's root; null where nobody knows it. */
export function absolute(
  path: string | null,
  { baseUrl }: LinkSeeker,
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
  if (base.pathname !== '/' && !isSitesOwn(base, site.settings.text))
    return {
      why: `leads to a page of the site, and whether its address begins with ${base.origin} or ${baseUrl} is not known; write the whole address, here or as "permalink:" in its front matter`,
    };
  return `${base.origin}${base.pathname.replace(/\/?$/, '/')}${path}`;
}

/** Whether the settings name the path of the base URL too. */
function isSitesOwn(base: URL, settings: string | null): boolean {
  const path = base.pathname.replace(/\/$/, '');
  const said = [
    ...(settings ?? '').matchAll(/^\s*["']?(?:base_?url|siteurl)["']?\s*[:=]\s*["']?([^\s"',]+)/gim),
  ];
  return said.some(([, address = '']) => {
    const trimmed = address.replace(/\/$/, '');
    return trimmed === path || trimmed === base.origin + path;
  });
}
