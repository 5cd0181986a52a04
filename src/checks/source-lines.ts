/** Where something stands in the source, for what the document knows only by its block. */
import { decodedUrl } from '../render/content/url.ts';

/** As far as a block reaches, in characters; a longer one is told by its own line. */
const REACH = 60_000;

/** The line of `text` at or after `from`, or `from` where it is written in another way there. */
export function lineOf(source: string, text: string, from: number): number {
  const start = offsetOf(source, from);
  const window = source.slice(start, start + REACH);
  for (const written of spellings(text)) {
    const at = window.indexOf(written);
    if (at >= 0) return from + linesIn(window.slice(0, at));
  }
  return from;
}

/** The line where the front matter (or the body's `# heading`) says it, or 1. `keys`: `title`, `date`. */
export function lineOfKey(source: string, ...keys: readonly string[]): number {
  const head = source.slice(0, REACH);
  const names = keys.map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^\\uFEFF?["']?(?:${names.join('|')})["']?[ \\t]*[:=]`, 'im');
  const at = pattern.exec(head)?.index ?? (keys.includes('title') ? head.search(/^#\s/m) : -1);
  return at < 0 ? 1 : 1 + linesIn(head.slice(0, at));
}

/** An address is percent-encoded by the time it is in the document. */
function spellings(text: string): string[] {
  return [...new Set([text, decodedUrl(text), text.replaceAll('&', '&amp;')])].filter((one) => one !== '');
}

/** Of the source that was asked about last: an issue may have ten thousand links. */
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
