/**
 * Follows an issue's links to other pages of its site, in forms that only the site's generator resolves. Each names a
 * file, which is looked for beside the issue and read for its address on the web.
 */
import { join, relative, resolve, sep } from 'node:path';
import { MAX_SOURCE_BYTES } from '../../issue/document/source.ts';
import { PAGE_FILE, type SiteForm, siteForm } from '../../issue/targets/site-form.ts';
import { type SiteLinkAnswer, type SiteLinkResolver, siteLinkKey } from '../../issue/targets/site-links.ts';
import type { FolderReader } from '../source/folder-reader.ts';
import { absoluteUrl, contentPath, fileUrlPath, type LinkOrigin, pageUrl, urlPath } from './page-url.ts';
import { findSiteFolder, type SiteFolder } from './site-folder.ts';

/** Per issue. Further links get a reason instead of an address. */
const MAX_LINKS = 300;

export interface FoundLinks {
  links: SiteLinkResolver;
  /** What is stored with the issue for its send: as written -> address, or path of a picture. */
  kept: Record<string, string>;
  /** Pictures that lie outside the folder, and the folder of the site they lie in. */
  pictures: { content: string; urls: ReadonlySet<string> } | null;
}

export interface WrittenLink {
  written: string;
  what: 'link' | 'picture';
}

export async function findLinks(
  reader: FolderReader,
  asked: readonly WrittenLink[],
  from: LinkOrigin,
): Promise<FoundLinks> {
  const folder = await reader.realPath(from.folder).catch(() => resolve(from.folder));
  const site = await findSiteFolder(reader, folder);
  const search: Search = { reader, site, origin: { ...from, folder } };
  const answers = new Map<string, SiteLinkAnswer>();
  for (const { written, what } of asked) {
    const key = siteLinkKey(written, what);
    const form = answers.has(key) ? null : siteForm(written);
    if (form === null) continue;
    answers.set(key, answers.size < MAX_LINKS ? await follow(form, what, search) : TOO_MANY);
  }
  const kept = [...answers].flatMap(([key, found]) => ('url' in found ? [[key, found.url] as const] : []));
  const pictures = kept.filter(([key]) => key.startsWith('!')).map(([, url]) => url);
  return {
    links: (written, what) => answers.get(siteLinkKey(written, what)) ?? null,
    kept: Object.fromEntries(kept),
    pictures: pictures.length > 0 ? { content: site.content, urls: new Set(pictures) } : null,
  };
}

const TOO_MANY = {
  why: `is one of more than ${MAX_LINKS} links to files of a site; write the address of the page`,
};

interface Search {
  reader: FolderReader;
  site: SiteFolder;
  origin: LinkOrigin;
}

async function follow(form: SiteForm, what: WrittenLink['what'], search: Search): Promise<SiteLinkAnswer> {
  const { reader, site, origin } = search;
  const places = candidates(form, origin.folder, site.content);
  const inside = places.filter((path) => path.startsWith(site.content + sep));
  if (inside.length === 0)
    return { why: 'leads out of the folder of the site; write the address of the page' };
  for (const path of inside) {
    try {
      const found = await answerFrom(path, form, what, search);
      if (found) return found;
    } catch (error) {
      const why = reader.whyUnreadable(error);
      return { why: `names the file ${contentPath(path, site)}, which cannot be used: ${why}` };
    }
  }
  const looked = inside.map((path) => contentPath(path, site)).join(', ');
  return {
    why: `names a file that is not there (looked for ${looked}); correct it, or write the address of the page`,
  };
}

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

/** Null when the file is not there. */
async function answerFrom(
  path: string,
  form: SiteForm,
  what: WrittenLink['what'],
  { reader, site, origin }: Search,
): Promise<SiteLinkAnswer | null> {
  const isPage = form.names === 'page' || form.names === 'post';
  if (what === 'picture' || !isPage) {
    if ((await reader.realWithin(site.content, path)) === null) return null;
    if (what === 'picture') return { url: relativeUrl(origin.folder, path) };
    const fromRoot = fileUrlPath(form, path, origin.folder, site);
    return withRest(absoluteUrl(fromRoot, origin, site, contentPath(path, site)), form);
  }
  const bytes = await reader.readWithin(site.content, path, MAX_SOURCE_BYTES);
  if (bytes === null) return null;
  return withRest(await pageUrl(form, path, bytes.toString('utf8'), origin, site), form);
}

/** Adds query and fragment, and escapes parentheses, which would end a link of Markdown. */
function withRest(found: string | { why: string }, { rest }: SiteForm): SiteLinkAnswer {
  if (typeof found !== 'string') return found;
  return { url: new URL(`${found}${rest}`).href.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29')) };
}
