/** Takes the title of an issue out of its body, where its front matter has none. */
import type { Heading, Paragraph, Root } from 'mdast';
import { isBoldOnly, linesOf } from './blocks/lines.ts';
import { isSentence } from './blocks/sections.ts';
import { plainTitle } from './front-matter/plain-title.ts';
import { lineText } from './markdown/tree/text.ts';

/** A longer line is not a title. */
const MAX_LENGTH = 120;

export function takeTitle(tree: Root): string | null {
  const line = titleLine(tree);
  const title = line ? plainTitle(lineText(line)) : '';
  if (!line || title === '') return null;
  tree.children.splice(tree.children.indexOf(line), 1);
  return title;
}

/**
 * The first heading of the first level. If it is one of several, or comes below headings of deeper levels, it belongs
 * to a section, and a title line that opens the issue wins.
 */
function titleLine({ children }: Root): Heading | Paragraph | null {
  const headings = children.filter((node) => node.type === 'heading');
  const [first = null, ...more] = headings.filter(({ depth }) => depth === 1);
  const [opening] = children;
  if (first === opening || (first === headings[0] && more.length === 0)) return first;
  return openingLine(opening) ?? first;
}

/** `**Title**`, or `#12 Title`, which Markdown does not read as a heading. */
function openingLine(node: Root['children'][number] | undefined): Paragraph | null {
  if (node?.type !== 'paragraph' || linesOf(node).length > 1) return null;
  const text = lineText(node).trim();
  const isTitle = isBoldOnly(node) ? !isSentence(text) : /^#\d.*[^.。!！;；]$/.test(text);
  return isTitle && text.length <= MAX_LENGTH ? node : null;
}
