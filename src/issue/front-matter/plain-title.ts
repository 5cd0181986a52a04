/** Turns texts of the front matter (title, description, preheader) into one line without markup. */
import { decodeNamedCharacterReference } from 'decode-named-character-reference';
import { contentOf } from '../content/content.ts';
import { contentText } from '../content/content-text.ts';
import { withoutEmptyBold } from '../markdown/passes/repair-emphasis.ts';

const INLINE =
  /<(\/?(?:a|abbr|b|br|cite|code|del|em|i|ins|kbd|mark|q|rp|rt|ruby|s|small|span|strike|strong|sub|sup|u)\b[^<>]*)>/gi;
const STRUCK = /~~(?=[^\s~])([^~]*[^\s~])~~/g;

/**
 * Decodes entities, which were written for a web page (`MOSN&amp;Layotto`), and treats HTML and struck words
 * (`~~May~~ June`) as in the body.
 */
export function plainTitle(title: string): string {
  const html = title.replace(STRUCK, '<del>$1</del>');
  if (html.search(INLINE) < 0) return unescaped(title);
  const marked = html.replace(INLINE, '\u0002$1\u0003').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const value = marked.replaceAll('\u0002', '<').replaceAll('\u0003', '>');
  return contentText(contentOf([{ type: 'html', value }])) || unescaped(title);
}

/** For text from front matter, which no Markdown parser has seen: also removes bold around nothing (`中****文`). */
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
