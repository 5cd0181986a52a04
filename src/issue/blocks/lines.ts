/** Paragraphs as lines, split at hard breaks and `<br>`. */
import type { Image, Link, Nodes, Paragraph, PhrasingContent, RootContent } from 'mdast';
import { lineText } from '../markdown/tree/text.ts';

export interface Line {
  nodes: PhrasingContent[];
  text: string;
}

const BR = /^<br\s*\/?>$/i;

export function linesOf(paragraph: Paragraph): Line[] {
  const lines: PhrasingContent[][] = [[]];
  for (const node of paragraph.children) {
    if (node.type === 'break' || (node.type === 'html' && BR.test(node.value.trim()))) lines.push([]);
    else lines.at(-1)?.push(node);
  }
  return lines.filter((nodes) => nodes.some(isNotBlank)).map((nodes) => ({ nodes, text: lineText(nodes) }));
}

/** Joins lines into a paragraph again, or nothing when there are none. */
export function paragraphOf(lines: readonly Line[], like: Paragraph): Paragraph[] {
  if (lines.length === 0) return [];
  const children = lines.flatMap((line, i): PhrasingContent[] =>
    i === 0 ? line.nodes : [{ type: 'break' }, ...line.nodes],
  );
  return [{ type: 'paragraph', children, position: children[0]?.position ?? like.position }];
}

/** False for blank text and line breaks. */
export function isNotBlank(node: PhrasingContent): boolean {
  return !(
    node.type === 'break' ||
    (node.type === 'text' && node.value.trim() === '') ||
    (node.type === 'html' && BR.test(node.value))
  );
}

/** All links except those that are struck out. */
export function linksIn(nodes: Nodes | readonly Nodes[]): Link[] {
  return found(nodes, 'link') as Link[];
}

export function imagesIn(nodes: Nodes | readonly Nodes[]): Image[] {
  return found(nodes, 'image') as Image[];
}

function found(nodes: Nodes | readonly Nodes[], type: string): Nodes[] {
  const list = 'length' in nodes ? nodes : [nodes];
  return list.flatMap((node) => {
    if (node.type === type) return [node];
    if (node.type === 'delete' && type === 'link') return [];
    return 'children' in node ? found(node.children as Nodes[], type) : [];
  });
}

/** `**text**` alone in its paragraph, also in several pieces (`**SOFA** **Weekly**`). */
export function isBoldOnly(node: RootContent): node is Paragraph {
  if (node.type !== 'paragraph') return false;
  const solid = node.children.filter(isNotBlank);
  return solid.length > 0 && solid.every((child) => holdsStrong(child));
}

function holdsStrong(node: PhrasingContent): boolean {
  if (node.type === 'strong') return true;
  return node.type === 'emphasis' && node.children.length === 1 && node.children[0]?.type === 'strong';
}
