/** The words of an HTML part, in lines. Only for reading: nothing of it is ever shown as HTML. */
import { decodeNamedCharacterReference } from 'decode-named-character-reference';

const BREAKS = /<(?:br|\/?(?:p|div|tr|td|th|li|ul|ol|h[1-6]|table|pre|blockquote|hr))\b[^<>]{0,2000}>/gi;
const TAGS = /<(?:\/?[a-z]|!)[^<>]{0,4000}>/gi;
/** `<ann@example.org>` is an address, not a tag. */
const ADDRESS_TAGS = /<([^<>\s@]{1,64}@[^<>\s@]{1,255})>/g;

export function htmlToText(html: string): string {
  return withoutHidden(html)
    .replace(/\s+/g, ' ')
    .replace(ADDRESS_TAGS, '&lt;$1&gt;')
    .replace(BREAKS, '\n')
    .replace(TAGS, '')
    .replace(/&(#x?[\da-f]{1,6}|[a-z]{2,31});/gi, (whole, name: string) => characterOf(name) ?? whole)
    .replace(/[ \u00a0]*\n[ \u00a0]*/g, '\n');
}

/** Styles, scripts and comments, found by their ends: a pattern over all of it could take quadratic time. */
function withoutHidden(html: string): string {
  let text = html;
  for (const [open, close] of [
    ['<!--', '-->'],
    ['<style', '</style'],
    ['<script', '</script'],
  ] as const)
    text = without(text, open, close);
  return text;
}

function without(html: string, open: string, close: string): string {
  const lower = html.toLowerCase();
  const kept: string[] = [];
  let at = 0;
  while (at < html.length) {
    const from = lower.indexOf(open, at);
    if (from < 0) break;
    kept.push(html.slice(at, from));
    const to = lower.indexOf(close, from);
    if (to < 0) return kept.join('');
    at = to + close.length;
  }
  kept.push(html.slice(at));
  return kept.join('');
}

function characterOf(name: string): string | null {
  if (!name.startsWith('#')) return decodeNamedCharacterReference(name) || null;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}
