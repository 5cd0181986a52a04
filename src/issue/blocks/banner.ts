/** Reads the head of an issue: the newsletter's standing title, a picture, and introductory paragraphs. */
import type { Paragraph, RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { imagesIn, linesOf, paragraphOf } from './lines.ts';
import { pictureOf } from './qr.ts';

/** How many lines may precede the picture. */
const LINES_ABOVE = 3;
/** A longer line is prose. */
const TITLE_LENGTH = 60;

/** The section before the first heading, or below the standing heading, when it has a picture near its top. */
export function bannerBlocks(nodes: readonly RootContent[], heading: string | null): Block[] | null {
  const lines = nodes.flatMap((node) => piecesOf(node));
  const at = lines.findIndex((node) => isPicture(node));
  const image = pictureOf(lines[at], { linked: true });
  if (!image || at > LINES_ABOVE) return null;
  const above = lines.slice(0, at);
  if (above.some((node) => node.type !== 'paragraph' || lineText(node).length > TITLE_LENGTH)) return null;
  const [first] = above;
  const title = heading ?? (first?.type === 'paragraph' ? linesOf(first)[0]?.text : undefined);
  const rest = [...(heading === null ? above.slice(1) : above), ...lines.slice(at + 1)];
  const line = lineOf(nodes[0]);
  return [{ kind: 'banner', line, ...(title ? { title } : {}), image, content: contentOf(rest) }];
}

/** Splits a paragraph, since title, picture and text may be lines of a single one. */
function piecesOf(node: RootContent): RootContent[] {
  if (node.type !== 'paragraph' || imagesIn(node).length === 0)
    return node.type === 'paragraph' ? brokenApart(node) : [node];
  return linesOf(node).flatMap((line) => paragraphOf([line], node));
}

/** Splits a paragraph whose lines are all bold. */
function brokenApart(paragraph: Paragraph): RootContent[] {
  const lines = linesOf(paragraph);
  const allBold = lines.every(({ nodes }) => nodes.length === 1 && nodes[0]?.type === 'strong');
  return allBold ? lines.flatMap((line) => paragraphOf([line], paragraph)) : [paragraph];
}

function isPicture(node: RootContent): boolean {
  return lineText(node) === '' && pictureOf(node, { linked: true }) !== null;
}
