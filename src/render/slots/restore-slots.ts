/** Turns markers back into Handlebars tags, and everything else into text that Handlebars prints unchanged. */
import { Refused } from '../../errors.ts';
import type { SlotMarkers, SlotTag } from './slot-markers.ts';

/**
 * The slot-only Handlebars template of a text or HTML with markers. Handlebars prints every brace and backslash of the
 * text unchanged, whatever is next to it, and removes no white space, not even around blocks on a line of their own.
 * Throws Refused if a block lost its beginning or its end on the way.
 */
export function restoreSlots(slots: SlotMarkers, marked: string): string {
  const { texts, tags } = slots.split(marked.replaceAll('\0', '\uFFFD'));
  checkNesting(tags);
  let template = '';
  for (const [index, tag] of tags.entries()) {
    const [before, after] = [texts[index]!, texts[index + 1]!];
    template += trailingText(before, index > 0 ? tags[index - 1]! : null);
    template += tagBetween(tag, before, after, index === 0, index === tags.length - 1);
  }
  return template + escapeBraces(leading(texts.at(-1)!, tags.length > 0));
}

/** A text before a tag. A backslash at its end would escape the tag, and a brace would become part of it. */
function trailingText(text: string, previous: SlotTag | null): string {
  const escaped = escapeBraces(leading(text, previous !== null));
  if (text.endsWith('\\')) return `${escaped}\\`;
  return text.endsWith('{') ? `${escaped} ` : escaped;
}

/** A brace right after a tag would become part of it, so a space goes between; the tag ends in `~}}` and removes it. */
const leading = (text: string, afterTag: boolean): string =>
  afterTag && text.startsWith('}') ? ` ${text}` : text;

function tagBetween(tag: SlotTag, before: string, after: string, first: boolean, last: boolean): string {
  const open = before.endsWith('{') ? '{{~' : '{{';
  const close = after.startsWith('}') ? '~}}' : '}}';
  const source = `${open}${tag.source.slice(2, -2)}${close}`;
  return tag.kind !== 'print' && ownsItsLine(before, after, first, last) ? `{{!}}${source}` : source;
}

/** Handlebars drops a line that only has a block tag; an empty comment before the tag prevents that. */
function ownsItsLine(before: string, after: string, first: boolean, last: boolean): boolean {
  const begins = /\n\s*$/.test(before) || (first && /^\s*$/.test(before));
  return begins && (/^\s*?\n/.test(after) || (last && /^\s*$/.test(after)));
}

/** Writes pairs of braces as `\{{`. An empty comment separates backslashes before them, which would count otherwise. */
function escapeBraces(text: string): string {
  return text.replace(/(\\*)(\{{2,})/g, (_, slashes: string, braces: string) => {
    const pairs = '\\{{'.repeat(braces.length >> 1);
    const odd = braces.length % 2 ? '{' : '';
    return `${slashes ? `${slashes}\\{{!}}` : ''}${pairs}${odd}`;
  });
}

function checkNesting(tags: readonly SlotTag[]): void {
  const open: SlotTag[] = [];
  for (const tag of tags) {
    if (tag.kind === 'open') open.push(tag);
    else if (tag.kind !== 'print' && open.at(-1)?.where !== tag.where) throw unbalanced(tag);
    else if (tag.kind === 'close') open.pop();
  }
  if (open[0]) throw unbalanced(open[0]);
}

function unbalanced(tag: SlotTag): Refused {
  const where = tag.where ? `${tag.where}: ` : '';
  return new Refused(
    'template',
    `${where}${tag.source} lost its other end while the mail was built: put a block around whole sections into <mj-raw>, and open and close it at the same level`,
  );
}
