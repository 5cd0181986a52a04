/** Titles are plain text: they become the subject of a mail. */
import { decodeNamedCharacterReference } from 'decode-named-character-reference';

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
