/** Removes line breaks at the edges of a paragraph or heading (`text<br>`), which only show as a gap. */
import type { PhrasingContent, Root } from 'mdast';
import { walk } from '../tree/walk.ts';

export function trimBreaks(tree: Root): void {
  walk(tree, (node) => {
    if (node.type !== 'paragraph' && node.type !== 'heading') return;
    while (isGap(node.children.at(-1))) node.children.pop();
    while (isGap(node.children[0])) node.children.shift();
    trimEdge(node.children[0], /^\s+/);
    trimEdge(node.children.at(-1), /\s+$/);
  });
}

function isGap(node: PhrasingContent | undefined): boolean {
  if (!node) return false;
  if (node.type === 'html') return /^<br\s*\/?>$/i.test(node.value.trim());
  return node.type === 'break' || (node.type === 'text' && node.value.trim() === '');
}

function trimEdge(node: PhrasingContent | undefined, edge: RegExp): void {
  if (node?.type === 'text') node.value = node.value.replace(edge, '');
}
