/** Resolves `[text][id]` and `![alt][id]` against their definitions, so that later passes see plain links only. */
import type { Definition, Image, Link, Nodes, Parents, Root } from 'mdast';
import { visit } from 'unist-util-visit';

export function resolveReferences(tree: Root): void {
  const definitions = new Map<string, Definition>();
  visit(tree, 'definition', (node) => {
    const id = keyOf(node.identifier);
    if (!definitions.has(id)) definitions.set(id, node);
  });
  visit(tree, (node, index, parent) => {
    if (index === undefined || !parent) return;
    const resolved = resolve(node, definitions);
    if (resolved) (parent as Parents).children[index] = resolved as never;
  });
  visit(tree, 'definition', (_, index, parent) => {
    parent?.children.splice(index ?? 0, 1);
    return index;
  });
}

/** Without a definition, the parser made text of a reference. */
function resolve(node: Nodes, definitions: Map<string, Definition>): Link | Image | null {
  if (node.type !== 'linkReference' && node.type !== 'imageReference') return null;
  const definition = definitions.get(keyOf(node.identifier));
  if (!definition) return null;
  const { url, title } = definition;
  const { position } = node;
  if (node.type === 'imageReference') return { type: 'image', url, title, alt: node.alt ?? '', position };
  return { type: 'link', url, title, children: node.children, position };
}

function keyOf(identifier: string): string {
  return identifier.toLowerCase();
}
