/** The title of an issue whose front matter has none: a line of its body, which is taken out of it. */
import type { Heading, Paragraph, Root } from 'mdast';
import { isBoldOnly, linesOf } from './blocks/lines.ts';
import { isSentence } from './blocks/sections.ts';
import { plainTitle } from './front-matter/plain-title.ts';
import { lineText } from './markdown/tree/text.ts';

/** A longer line is text. */
const MAX_LENGTH = 120;

export function takeTitle(tree: Root): string | null {
  const line = titleLine(tree);
  const title = line ? plainTitle(lineText(line)) : '';
  if (!line || title === '') return null;
  tree.children.splice(tree.children.indexOf(line), 1);
  return title;
}

/**
 * The first heading of the first level. Where that is one of several, or comes below lesser ones, it is a section's:
 * then a line that the issue opens with goes before it.
 */
function titleLine({ children }: Root): Heading | Paragraph | null {
  const headings = children.filter((node) => node.type === 'heading');
  const [first = null, ...more] = headings.filter(({ depth }) => depth === 1);
  const [opening] = children;
  if (first === opening || (first === headings[0] && more.length === 0)) return first;
  return openingLine(opening) ?? first;
}

/** `**Title**`, or `#12 Title` that is no heading to Markdown. */
function openingLine(node: Root['children'][number] | undefined): Paragraph | null {
  if (node?.type !== 'paragraph' || linesOf(node).length > 1) return null;
  const text = lineText(node).trim();
  const isTitle = isBoldOnly(node) ? !isSentence(text) : /^#\d.*[^.。!！;；]$/.test(text);
  return isTitle && text.length <= MAX_LENGTH ? node : null;
}
