/** Finds the line of something in the source when the document knows only the line of its block. */
import { decodedUrl } from '../render/content/url.ts';

/** How far to search from the start of a block; in a longer one the block's own line has to do. */
const MAX_SEARCH_CHARACTERS = 60_000;

/** The line of `text` at or after the line `from`; `from` itself if the text is spelt differently there. */
export function lineOf(source: string, text: string, from: number): number {
  const start = offsetOf(source, from);
  const excerpt = source.slice(start, start + MAX_SEARCH_CHARACTERS);
  for (const written of spellings(text)) {
    const at = excerpt.indexOf(written);
    if (at >= 0) return from + linesIn(excerpt.slice(0, at));
  }
  return from;
}

/** The line of the first of these front matter keys (for a title also of the `# heading`), or 1. */
export function lineOfKey(source: string, ...keys: readonly string[]): number {
  const head = source.slice(0, MAX_SEARCH_CHARACTERS);
  const names = keys.map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^\\uFEFF?["']?(?:${names.join('|')})["']?[ \\t]*[:=]`, 'im');
  const at = pattern.exec(head)?.index ?? (keys.includes('title') ? head.search(/^#\s/m) : -1);
  return at < 0 ? 1 : 1 + linesIn(head.slice(0, at));
}

/** Addresses in the document are percent-encoded; the source may have them decoded or escaped as HTML. */
function spellings(text: string): string[] {
  return [...new Set([text, decodedUrl(text), text.replaceAll('&', '&amp;')])].filter((one) => one !== '');
}

/** Cached for the last source, because an issue may have ten thousand links. */
let known: { source: string; starts: number[] } = { source: '', starts: [0] };

function offsetOf(source: string, line: number): number {
  if (known.source !== source) known = { source, starts: startsOf(source) };
  const { starts } = known;
  return starts[Math.min(Math.max(line, 1), starts.length) - 1]!;
}

function startsOf(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

const linesIn = (text: string): number => text.split('\n').length - 1;
