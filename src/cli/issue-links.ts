/** What links to other pages of a site lead to: their files are looked for beside the issue, and read for their address. */
import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { archiveUrl } from '../consent/links.ts';
import { readWithin, realWithin, whyUnreadable } from '../io/files.ts';
import { hasPage } from '../issue/find.ts';
import { issueSlug } from '../issue/slug.ts';
import { MAX_SOURCE_BYTES } from '../issue/source.ts';
import { hasPelicanDefaults, ownAddress, pageHead, usualPath } from '../issue/targets/page-address.ts';
import { PAGE_FILE, type SiteForm, siteForm } from '../issue/targets/site-form.ts';
import { keyOf, type SiteAnswer, type SiteLinks } from '../issue/targets/site-links.ts';
import type { Surroundings } from './issue-around.ts';
import { type SiteFolder, siteFolder } from './site-folder.ts';

/** Of one issue; more files are not looked at. */
const MAX_LINKS = 300;

export interface LinkSeeker {
  /** Where the issue lies: a folder. */
  folder: string;
  baseUrl: string | null;
  around: Pick<Surroundings, 'db' | 'newsletter' | 'publicUrl'> | null;
}

export interface FoundLinks {
  links: SiteLinks;
  /** What a send goes on with: written -> address, or path of a picture. */
  kept: Record<string, string>;
  /** Where pictures may lie that are not below the issue's folder, and which they are. */
  pictures: { content: string; urls: ReadonlySet<string> } | null;
}

export interface Asked {
  written: string;
  what: 'link' | 'picture';
}

export async function findLinks(asked: readonly Asked[], seeker: LinkSeeker): Promise<FoundLinks> {
  const folder = await realpath(seeker.folder).catch(() => resolve(seeker.folder));
  const site = await siteFolder(folder);
  const answers = new Map<string, SiteAnswer>();
  for (const { written, what } of asked) {
    const key = keyOf(written, what);
    if (answers.has(key)) continue;
    const form = siteForm(written);
    if (form === null) continue;
    const full = {
      why: `is one of more than ${MAX_LINKS} links to files of a site; write the address of the page`,
    };
    answers.set(key, answers.size < MAX_LINKS ? await answer(form, what, { ...seeker, folder }, site) : full);
  }
  const kept = [...answers].flatMap(([key, found]) => ('url' in found ? [[key, found.url] as const] : []));
  const pictures = kept.filter(([key]) => key.startsWith('!')).map(([, url]) => url);
  return {
    links: (written, what) => answers.get(keyOf(written, what)) ?? null,
    kept: Object.fromEntries(kept),
    pictures: pictures.length > 0 ? { content: site.content, urls: new Set(pictures) } : null,
  };
}

async function answer(
  form: SiteForm,
  what: Asked['what'],
  seeker: LinkSeeker,
  site: SiteFolder,
): Promise<SiteAnswer> {
  const places = candidates(form, seeker.folder, site.content);
  const inside = places.filter((path) => path.startsWith(site.content + sep));
  if (inside.length === 0)
    return { why: 'leads out of the folder of the site; write the address of the page' };
  for (const path of inside) {
    try {
      const file = { path, shown: shown(path, site) };
      const found = await lookInto(form, what, file, seeker, site);
      if (found) return found;
    } catch (error) {
      return { why: `names the file ${shown(path, site)}, which cannot be used: ${whyUnreadable(error)}` };
    }
  }
  const looked = inside.map((path) => shown(path, site)).join(', ');
  return {
    why: `names a file that is not there (looked for ${looked}); mend it, or write the address of the page`,
  };
}

const shown = (path: string, { content }: SiteFolder): string => urlPath(relative(content, path));
const urlPath = (path: string): string => path.split(sep).join('/');
const relativeUrl = (folder: string, path: string): string =>
  urlPath(relative(folder, path)).split('/').map(encodeURIComponent).join('/');

/** Where the file may be, in the order in which generators look. */
function candidates(form: SiteForm, folder: string, content: string): string[] {
  const path = decoded(form.path);
  if (form.names === 'post') return postsNamed(path, folder, content);
  const from = path.startsWith('/') ? [content] : form.by === 'hugo' ? [folder, content] : [folder];
  const ends = form.by === 'hugo' && !PAGE_FILE.test(path) ? ['.md', '/index.md', '/_index.md'] : [''];
  const all = from.flatMap((base) => ends.map((end) => resolve(base, `.${sep}${path}${end}`)));
  return [...new Set(all)];
}

/** `{% post_url sub/2022-08-05-x %}` is `sub/_posts/2022-08-05-x.md` or `_posts/sub/2022-08-05-x.md`. */
function postsNamed(path: string, folder: string, content: string): string[] {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  const bases = [
    join(content, ...parts, '_posts'),
    join(content, '_posts', ...parts),
    ...(parts.length === 0 ? [folder] : []),
  ];
  const all = bases.flatMap((base) => ['.md', '.markdown'].map((end) => join(base, `${name}${end}`)));
  return [...new Set(all)];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).replaceAll('\0', '');
  } catch {
    return path;
  }
}

/** Null when it is not there. */
async function lookInto(
  form: SiteForm,
  what: Asked['what'],
  { path, shown: name }: { path: string; shown: string },
  seeker: LinkSeeker,
  site: SiteFolder,
): Promise<SiteAnswer | null> {
  const isPage = form.names === 'page' || form.names === 'post';
  if (what === 'picture' || !isPage) {
    if ((await realWithin(site.content, path)) === null) return null;
    if (what === 'picture') return { url: relativeUrl(seeker.folder, path) };
    return whole(absolute(filePath(form, path, seeker.folder, site), seeker, site, name), form);
  }
  const bytes = await readWithin(site.content, path, MAX_SOURCE_BYTES);
  if (bytes === null) return null;
  return whole(await pageAddress(form, path, bytes.toString('utf8'), seeker, site), form);
}

/** With query and fragment, and without signs that end a link of Markdown. */
function whole(found: string | { why: string }, { rest }: SiteForm): SiteAnswer {
  if (typeof found !== 'string') return found;
  return { url: new URL(`${found}${rest}`).href.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29')) };
}

async function pageAddress(
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
function filePath(form: SiteForm, path: string, folder: string, site: SiteFolder): string | null {
  const whole = shown(path, site);
  if (form.by === 'jekyll') return /(?:^|\/)[_.#]/.test(whole) ? null : encodedPath(whole);
  if (!hasPelicanDefaults(site.settings.text)) return form.names === 'file' ? encodedPath(whole) : null;
  if (form.names === 'file') return encodedPath(whole);
  const tail = urlPath(relative(folder, path));
  return encodedPath(tail.startsWith('../') ? (tail.split('/').at(-1) ?? tail) : tail);
}

const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** `path` from the site's root. */
function absolute(
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

/** Beside which folder an issue's links are looked for; null where it has none. */
export const folderOfIssue = (file: string): string | null => (file === '-' ? null : dirname(resolve(file)));
