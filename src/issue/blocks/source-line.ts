/** Reads the line after the last answer that names the question's project and its address. */
import type { Paragraph } from 'mdast';
import { lineText } from '../markdown/tree/text.ts';
import { linkUrl } from '../targets/urls.ts';
import { type Line, linesOf, linksIn, paragraphOf } from './lines.ts';

export interface SourceLine {
  label: string;
  url: string;
}

/** `Name：[url](url)`, `「Name」[url](url)`, `**「Name」**：*https://…*`, also with the URL on the next line. */
export function takeSourceLine(paragraph: Paragraph): { rest: Paragraph[]; source: SourceLine | null } {
  const lines = linesOf(paragraph);
  for (const [from, count] of PLACES) {
    const at = lines.length - from;
    const source = at >= 0 ? readSource(lines.slice(at, at + count)) : null;
    const others = [...lines.slice(0, at), ...lines.slice(at + count)];
    if (source) return { rest: paragraphOf(others, paragraph), source };
  }
  return { rest: [paragraph], source: null };
}

/** Offset from the end, and number of lines: the last line, the last two, or the one before the last. */
const PLACES = [
  [1, 1],
  [2, 2],
  [2, 1],
] as const;

function readSource(lines: readonly Line[]): SourceLine | null {
  const links = lines.flatMap(({ nodes }) => linksIn(nodes));
  const [link] = links;
  if (!link || links.length > 1) return null;
  const text = lines
    .map((line) => line.text)
    .join(' ')
    .trim();
  const linkText = lineText(link);
  const label = linkText !== '' && text.endsWith(linkText) ? labelOf(text.slice(0, -linkText.length)) : null;
  return label === null ? null : { label, url: linkUrl(link.url) };
}

const BRACKETED = /^[「【[]\s*([^」】\]]{1,40}?)\s*[」】\]]\s*[：:]?$/;
/** A project's name has Latin letters, or a few Han characters. */
const NAMED = /^([A-Za-z][\w .&+/()-]{0,30}?|[\p{L}\p{N} -]{2,10}?)\s*[：:]$/u;
/** `详细文档：URL` belongs to the answer. */
const SAYING =
  /^[AQ答问]$|[见看下如例]|可以|参考|参照|文档|文章|地址|链接|回[放顾]|视频|代码|教程|官网|^(?:see|e\.?g\.?|link|docs?|here)$/i;

/** The words before the URL, when they are a name: in brackets, or short and followed by a colon. */
function labelOf(words: string): string | null {
  const text = words.trim();
  const bracketed = BRACKETED.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed;
  const label = NAMED.exec(text)?.[1];
  return label === undefined || SAYING.test(label) ? null : label;
}
