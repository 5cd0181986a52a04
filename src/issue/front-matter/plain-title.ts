/** What front matter says in words (title, description, preheader) becomes a line without markup: a subject, a preview. */
import { decodeNamedCharacterReference } from 'decode-named-character-reference';
import { contentOf } from '../content/content.ts';
import { contentText } from '../content/content-text.ts';
import { withoutEmptyBold } from '../markdown/passes/repair-emphasis.ts';

const INLINE =
  /<(\/?(?:a|abbr|b|br|cite|code|del|em|i|ins|kbd|mark|q|rp|rt|ruby|s|small|span|strike|strong|sub|sup|u)\b[^<>]*)>/gi;
const STRUCK = /~~(?=[^\s~])([^~]*[^\s~])~~/g;

/**
 * `MOSN&amp;Layotto` was written for a web page; readers of a subject line want `MOSN&Layotto`. HTML in it, and what is
 * struck out (`~~May~~ June`), are read as in the text below.
 */
export function plainTitle(title: string): string {
  const html = title.replace(STRUCK, '<del>$1</del>');
  if (html.search(INLINE) < 0) return unescaped(title);
  const marked = html.replace(INLINE, '\u0002$1\u0003').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const value = marked.replaceAll('\u0002', '<').replaceAll('\u0003', '>');
  return contentText(contentOf([{ type: 'html', value }])) || unescaped(title);
}

/** A line of front matter, whose Markdown nobody has read: bold around nothing (`中****文`) goes from it too. */
export const frontMatterTitle = (title: string): string => plainTitle(withoutEmptyBold(title));

function unescaped(title: string): string {
  return title
    .replace(
      /&(#x[\da-f]{1,6}|#\d{1,7}|[a-z][a-z\d]{1,30});/gi,
      (whole, name: string) => characterOf(name) ?? whole,
    )
    .replace(/\s+/g, ' ')
    .trim();
}

function characterOf(name: string): string | null {
  if (!name.startsWith('#')) return decodeNamedCharacterReference(name) || null;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 31 && code < 0x110000 && !(code >= 0xd800 && code < 0xe000)
    ? String.fromCodePoint(code)
    : null;
}
