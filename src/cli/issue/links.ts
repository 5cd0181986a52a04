/** What links to other pages of a site lead to: their files are looked for beside the issue, and read for their address. */
import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readWithin, realWithin, whyUnreadable } from '../../io/files.ts';
import { MAX_SOURCE_BYTES } from '../../issue/document/source.ts';
import { PAGE_FILE, type SiteForm, siteForm } from '../../issue/targets/site-form.ts';
import { keyOf, type SiteAnswer, type SiteLinks } from '../../issue/targets/site-links.ts';
import { absolute, filePath, type LinkSeeker, pageAddress, shown, urlPath } from './site-addresses.ts';
import { type SiteFolder, siteFolder } from './site-folder.ts';

/** Of one issue; more files are not looked at. */
const MAX_LINKS = 300;

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

/** Beside which folder an issue's links are looked for; null where it has none. */
export const folderOfIssue = (file: string): string | null => (file === '-' ? null : dirname(resolve(file)));
