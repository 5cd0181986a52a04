/** Numbers footnotes (`text[^a]`) by their first reference, and drops those that nothing refers to. */
import type { Root } from 'mdast';
import { walk } from '../tree/walk.ts';

export function numberFootnotes(tree: Root): void {
  const numbers = new Map<string, string>();
  walk(tree, (node) => {
    if (node.type !== 'footnoteReference') return;
    if (!numbers.has(node.identifier)) numbers.set(node.identifier, String(numbers.size + 1));
    node.label = numbers.get(node.identifier) ?? null;
  });
  const seen = new Set<string>();
  tree.children = tree.children.filter((node) => {
    if (node.type !== 'footnoteDefinition') return true;
    const isKept = numbers.has(node.identifier) && !seen.has(node.identifier);
    seen.add(node.identifier);
    node.label = numbers.get(node.identifier) ?? null;
    return isKept;
  });
}
