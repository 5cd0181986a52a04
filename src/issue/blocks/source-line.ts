/** The line after the last answer that says which project a question was about, and where it lives. */
import type { Paragraph } from 'mdast';
import { linkUrl } from '../content/urls.ts';
import { lineText } from '../markdown/text.ts';
import { type Line, linesOf, linksIn, paragraphOf } from './lines.ts';

export interface SourceLine {
  label: string;
  url: string;
}

/** `Name：[url](url)`, `「Name」[url](url)`, `**「Name」**：*https://…*`, also with the URL on the next line. */
export function takeSourceLine(paragraph: Paragraph): { rest: Paragraph[]; source: SourceLine | null } {
  const lines = linesOf(paragraph);
  for (const count of [1, 2]) {
    const tail = lines.slice(-count);
    const source = tail.length === count ? readSource(tail) : null;
    if (source) return { rest: paragraphOf(lines.slice(0, -count), paragraph), source };
  }
  return { rest: [paragraph], source: null };
}

function readSource(lines: readonly Line[]): SourceLine | null {
  const links = lines.flatMap(({ nodes }) => linksIn(nodes));
  const [link] = links;
  if (!link || links.length > 1) return null;
  const text = lines
    .map((line) => line.text)
    .join(' ')
    .trim();
  const shown = lineText(link);
  const label = shown !== '' && text.endsWith(shown) ? labelOf(text.slice(0, -shown.length)) : null;
  return label === null ? null : { label, url: linkUrl(link.url) };
}

/** The words before the URL, when they are a name: bracketed, or short and closed by a colon. */
function labelOf(words: string): string | null {
  const bracketed = /^[「【[]\s*([^」】\]]{1,40}?)\s*[」】\]]\s*[：:]?$/.exec(words.trim())?.[1];
  const label = bracketed ?? /^([\p{L}\p{N}][\p{L}\p{N} .&+_/-]{0,30}?)\s*[：:]$/u.exec(words.trim())?.[1];
  return label === undefined || /^(?:A|Q|答|问)$/.test(label) ? null : label;
}
