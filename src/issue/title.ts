/** Titles are plain text: they become the subject of a mail. */
import { decodeNamedCharacterReference } from 'decode-named-character-reference';
import type { Root } from 'mdast';
import { lineText } from './markdown/text.ts';

/** `MOSN&amp;Layotto` was written for a web page; readers of a subject line want `MOSN&Layotto`. */
export function plainTitle(title: string): string {
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

/** Takes the first heading of the first level out of the body and gives its text: an issue without a title in its front matter. */
export function titleFromHeading(tree: Root): string | null {
  const at = tree.children.findIndex((node) => node.type === 'heading' && node.depth === 1);
  const heading = tree.children[at];
  if (!heading) return null;
  const title = plainTitle(lineText(heading));
  if (title === '') return null;
  tree.children.splice(at, 1);
  return title;
}
