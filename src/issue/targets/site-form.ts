/**
 * Parses addresses that only a site's generator resolves: `{filename}b.md`, `@/b.md`, `{% post_url b %}`, plain
 * `b.md`.
 */

export interface SiteForm {
  by: 'pelican' | 'zola' | 'hugo' | 'jekyll' | 'any';
  /** A page by its source, a post by its name, a file at its path, or a file that moves beside the page. */
  names: 'page' | 'post' | 'file' | 'attached';
  /** As written, with a leading `/` if it is relative to the root of the content. */
  path: string;
  /** Query and fragment, with `?` and `#`. */
  rest: string;
}

const REST = String.raw`((?:[?#][^\s{}]*)?)`;
const PELICAN = new RegExp(`^[{|](filename|static|attach)[}|]([^?#{}]+)${REST}$`, 'i');
const ZOLA = new RegExp(`^@/([^?#{}]+)${REST}$`);
/** Hugo allows the fragment within the quotes. */
const HUGO = new RegExp(
  String.raw`^\{\{([<%])\s*(?:rel)?ref\s+(?:path=)?(["'\x60]?)([^"'\x60\s?#{}]+)${REST}\2\s*[>%]\}\}${REST}$`,
);
/** Jekyll before version 4 needed `{{ site.baseurl }}` in front. */
const JEKYLL = new RegExp(
  String.raw`^(?:\{\{-?\s*site\.(?:base)?url\s*-?\}\}){0,2}\{%-?\s*(post_url|link)\s+([^\s?#{}%]+)\s*-?%\}${REST}$`,
);
/** Such tags anywhere in prose, as in `<a href="{% post_url b %}">`. */
const TAG =
  /(?:\{\{-?\s*site\.(?:base)?url\s*-?\}\}){0,2}\{%-?\s*(?:post_url|link)\s[^{}%\n]{1,300}%\}|\{\{[<%]\s*(?:rel)?ref\s[^{}\n]{1,300}\}\}/y;

/** The tag at an offset of a text, or null. */
export function siteTagAt(text: string, at: number): string | null {
  TAG.lastIndex = at;
  return TAG.exec(text)?.[0] ?? null;
}

export const PAGE_FILE = /\.(?:md|markdown|mdx|rst|adoc)$/i;
const PLAIN = new RegExp(`^(?![a-z][a-z0-9+.-]*:|//)([^?#{}|]+)${REST}$`, 'i');

/** Null for any other address, including those that name no file (`{author}`, `{tag}`). */
export function siteForm(written: string): SiteForm | null {
  const text = written.trim();
  return pelican(text) ?? zola(text) ?? hugo(text) ?? jekyll(text) ?? plain(text);
}

function pelican(text: string): SiteForm | null {
  const [, word = '', path = '', rest = ''] = PELICAN.exec(text) ?? [];
  if (path === '') return null;
  const names = PAGE_FILE.test(path) ? 'page' : word.toLowerCase() === 'attach' ? 'attached' : 'file';
  return { by: 'pelican', names, path, rest };
}

function zola(text: string): SiteForm | null {
  const [, path = '', rest = ''] = ZOLA.exec(text) ?? [];
  return path === '' ? null : { by: 'zola', names: 'page', path: `/${path}`, rest };
}

function hugo(text: string): SiteForm | null {
  const [, , , path = '', inside = '', behind = ''] = HUGO.exec(text) ?? [];
  return path === '' ? null : { by: 'hugo', names: 'page', path, rest: inside || behind };
}

function jekyll(text: string): SiteForm | null {
  const [, tag = '', path = '', rest = ''] = JEKYLL.exec(text) ?? [];
  if (path === '') return null;
  if (tag === 'post_url') return { by: 'jekyll', names: 'post', path: path.replace(/^\/+/, ''), rest };
  return {
    by: 'jekyll',
    names: PAGE_FILE.test(path) ? 'page' : 'file',
    path: `/${path.replace(/^\/+/, '')}`,
    rest,
  };
}

function plain(text: string): SiteForm | null {
  const [, path = '', rest = ''] = PLAIN.exec(text) ?? [];
  return PAGE_FILE.test(path) ? { by: 'any', names: 'page', path, rest } : null;
}
