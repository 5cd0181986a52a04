/** Finds the date of an issue in a line near its top, where neither front matter nor file name has one. */
import type { Paragraph, Root } from 'mdast';
import { isNotBlank, linesOf } from './blocks/lines.ts';
import { readDate } from './front-matter/date.ts';
import { lineText } from './markdown/tree/text.ts';

/** Blocks that are searched, from the top. */
const MAX_TOP_BLOCKS = 3;

/** `YYYY-MM-DD`. The line may be marked up (`*August 3, 2026*`), also right below another one in markup. */
export function dateInBody({ children }: Root): string | null {
  for (const node of children.slice(0, MAX_TOP_BLOCKS)) {
    if (node.type === 'heading') return null;
    const date =
      node.type === 'paragraph'
        ? piecesOf(node)
            .map(dayIn)
            .find((day) => day !== null)
        : null;
    if (date) return date;
  }
  return null;
}

function piecesOf(paragraph: Paragraph): string[] {
  const solid = paragraph.children.filter(isNotBlank);
  const areMarked = solid.every(({ type }) => type === 'emphasis' || type === 'strong');
  return [
    ...linesOf(paragraph).map(({ text }) => text),
    ...(areMarked ? solid.map((each) => lineText(each)) : []),
  ];
}

function dayIn(text: string): string | null {
  if (text.length > 40 || !/\d{4}/.test(text)) return null;
  const reading = readDate(text);
  return 'date' in reading ? reading.date : null;
}
