/** Converts `<del>`, `<s>` and `<strike>` to the node that `~~` makes, so that later passes know one form only. */
import type { Nodes, Parents, PhrasingContent } from 'mdast';

/** A hidden or styled element stays HTML. */
const OPEN = /^<(del|s|strike)(?:\s(?![^>]*(?:hidden|style))[^>]*)?>$/i;

export function readStruckHtml(parent: Parents): void {
  const children = parent.children as PhrasingContent[];
  for (let start = 0; start < children.length; start++) {
    const tag = tagOf(children[start]!);
    const end = tag === null ? -1 : endOf(children, start, tag);
    if (end < 0) continue;
    const struck = children.slice(start + 1, end);
    const position = children[start]!.position;
    children.splice(start, end - start + 1, {
      type: 'delete',
      children: struck,
      ...(position && { position }),
    });
  }
  for (const child of parent.children as Nodes[]) if ('children' in child) readStruckHtml(child);
}

const tagOf = (node: Nodes): string | null =>
  node.type === 'html' ? (OPEN.exec(node.value.trim())?.[1]?.toLowerCase() ?? null) : null;

/** The index of the closing tag; elements of the same name may nest. -1 if it is never closed. */
function endOf(children: readonly Nodes[], start: number, tag: string): number {
  let depth = 0;
  for (let at = start; at < children.length; at++) {
    const node = children[at]!;
    if (tagOf(node) === tag) depth += 1;
    else if (node.type === 'html' && node.value.trim().toLowerCase() === `</${tag}>`) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
