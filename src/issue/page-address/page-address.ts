/**
 * Derives the address of a page of a site from its source file: the address in its front matter, else the generator's
 * default rule where the site's settings do not change it. Null if it is uncertain.
 */

import { MessageCollector } from '../document/message-collector.ts';
import { tidySource } from '../document/source.ts';
import { withTimeLimit } from '../document/time-limit.ts';
import { normalKey } from '../front-matter/fields.ts';
import { type FrontMatter, readFrontMatter } from '../front-matter/read.ts';
import { splitFrontMatter } from '../front-matter/split.ts';
import type { SiteForm } from '../targets/site-form.ts';

/** The part of a page that is read for its front matter. */
const HEAD_LENGTH = 16_384;

/** `raw`: the front matter as written. */
type PageHead = FrontMatter & { raw: string };

export function pageHead(source: string): PageHead {
  const messages = new MessageCollector();
  const split = splitFrontMatter(tidySource(source.slice(0, HEAD_LENGTH), messages), messages);
  const nothing = readFrontMatter({ ...split, dialect: 'none' }, null, messages);
  const part = { name: 'front matter', text: split.raw } as const;
  return {
    ...withTimeLimit(part, messages, () => readFrontMatter(split, null, messages), nothing),
    raw: split.raw,
  };
}

/** Front matter that names an address: Hugo and Pelican `url`, Jekyll and Eleventy `permalink`, Zola `path`. */
const OWN = ['permalink', 'url', 'path'];
/** Names of Jekyll's permalink styles, and addresses with variables. */
const NO_ADDRESS = /^(?:date|pretty|ordinal|weekdate|none)$|[{}<>:"'|\\\s]|^\/\/|(?:^|\/)\.\.(?:\/|$)/;

/**
 * The address that the front matter names: absolute, or a path from the site's root without a leading `/`. Null if it
 * names none, 'unclear' where only the generator can resolve it.
 */
export function statedAddress(
  { extra, canonicalUrl }: FrontMatter,
  by: SiteForm['by'],
): { address: string } | 'unclear' | null {
  const said = new Map(Object.entries(extra).map(([key, value]) => [normalKey(key), value]));
  for (const key of OWN) {
    const value = said.get(key);
    if (value === undefined || value === null || value === '' || (key === 'path' && by !== 'zola')) continue;
    if (typeof value !== 'string') return 'unclear';
    if (isWhole(value)) return { address: value };
    return NO_ADDRESS.test(value) ? 'unclear' : { address: value.replace(/^\/+/, '') };
  }
  return canonicalUrl !== null && isWhole(canonicalUrl) ? { address: canonicalUrl } : null;
}

const isWhole = (value: string): boolean =>
  /^https?:\/\/[^/\s{}]+/i.test(value) && !/[\s{}<>"]/.test(value) && URL.canParse(value);

/** The settings of a site as text, or null if none were found. */
export interface SiteSettings {
  by: SiteForm['by'];
  text: string | null;
}

/** Names that every generator uses in an address unchanged. */
const SURE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * The path by the generator's default rule, without a leading `/`, or null. `file` counts from the root of the
 * content.
 */
export function generatedPath(file: string, front: PageHead, { by, text }: SiteSettings): string | null {
  const folders = file.split('/');
  const name = (folders.pop() ?? '').replace(/\.[^.]+$/, '');
  switch (by) {
    case 'zola':
      return zolaPath(folders, name, front.slug);
    case 'hugo':
      if (text === null || /permalinks|uglyurls|contentdir|defaultcontentlanguage|mounts/i.test(text))
        return null;
      return pretty(folders, name, front.slug);
    case 'jekyll':
      return jekyllPath(folders, name, front, text);
    case 'pelican':
      if (!hasPelicanDefaults(text) || front.slug === null || folders[0] === 'pages') return null;
      return SURE.test(front.slug) ? `${front.slug}.html` : null;
    case 'any':
      return null;
  }
}

/** By default, articles are `SLUG.html` and files keep their path. */
export const hasPelicanDefaults = (text: string | null): boolean =>
  text !== null &&
  !/ARTICLE_|STATIC_SAVE|STATIC_URL|STATIC_PATHS|USE_FOLDER|_METADATA|RELATIVE|^\s*(?:from|import)\s+(?!__future__|os\b|datetime\b)/m.test(
    text,
  );

/** Zola removes a date from the name. */
const zolaPath = (folders: string[], name: string, slug: string | null): string | null => {
  const undated = (text: string): string => text.replace(/^\d{4}-\d{2}-\d{2}[-_]/, '');
  if (name === 'index') return pretty(folders.slice(0, -1), undated(folders.at(-1) ?? ''), slug);
  return pretty(folders, undated(name), slug);
};

/** One folder per page: `w/b.md` is `w/b/`. */
function pretty(folders: string[], name: string, slug: string | null): string | null {
  const isFolder = name === '_index' || name === 'index';
  const parts =
    name === 'index' && slug !== null
      ? [...folders.slice(0, -1), slug]
      : [...folders, ...(isFolder ? [] : [slug ?? name])];
  return parts.every((part) => SURE.test(part)) ? parts.map((part) => `${part}/`).join('') : null;
}

const POST = /^(\d{4})-(\d{2})-(\d{2})-(.+)$/;
const STYLES: Readonly<Record<string, string>> = {
  date: '/:categories/:year/:month/:day/:title.html',
  pretty: '/:categories/:year/:month/:day/:title/',
  none: '/:categories/:title.html',
};

/**
 * Whether the date of the front matter is that day, both as written and in UTC, the usual time zone of build servers.
 */
function isOfDay({ date, datetime }: FrontMatter, day: string): boolean {
  if (datetime === null) return true;
  const [, time = '', hours = '', minutes = ''] =
    /^(.*\d:\d\d.*?)\s*([+-]\d\d):?(\d\d)$/.exec(datetime.trim()) ?? [];
  if (time === '') return date === day;
  const at = new Date(`${time.replace(' ', 'T')}${hours}:${minutes}`);
  return date === day && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}

/** Only for posts without categories, whose date is that of their name. */
function jekyllPath(folders: string[], name: string, front: PageHead, text: string | null): string | null {
  const [, year, month, day, rest = ''] = POST.exec(name) ?? [];
  if (year === undefined || folders.join('/') !== '_posts' || text === null) return null;
  if (/^(?:defaults|collections|timezone)\s*:/m.test(text) || /^\W?categor(?:y|ies)\b/im.test(front.raw))
    return null;
  if (!isOfDay(front, `${year}-${month}-${day}`)) return null;
  const title = front.slug ?? rest;
  const style = /^permalink\s*:\s*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? 'date';
  const values: Record<string, string | undefined> = { year, month, day, title, slug: title, categories: '' };
  const path = (STYLES[style] ?? style).replace(/:([a-z_]+)/g, (whole, key: string) => values[key] ?? whole);
  return SURE.test(title) && path.startsWith('/') && !path.includes(':')
    ? path.replace(/\/{2,}/g, '/').replace(/^\//, '')
    : null;
}
