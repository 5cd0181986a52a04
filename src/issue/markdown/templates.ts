/** Template syntax of other programs in prose: it is printed as it stands, and the editor is told. */
import type { Nodes, Root } from 'mdast';
import type { Remarks } from '../messages.ts';
import { splitSlots } from '../slot-syntax.ts';
import { walk } from './walk.ts';

const FOREIGN = /\{\{[^{}\n]{0,80}\}?\}?|\{%[^%\n]{0,80}%?\}?|\$\{[^}\n]{0,80}\}?/g;

export function remarkTemplates(tree: Root, remarks: Remarks): void {
  walk(tree, (node) => {
    for (const text of textsOf(node)) {
      if (!text.includes('{')) continue;
      const literal = splitSlots(text).filter((part) => typeof part === 'string');
      for (const [found] of literal.join('\n').matchAll(FOREIGN)) {
        remarks.warning(
          'template-literal',
          `${found} is no slot of Postrider; it is printed as it stands`,
          node.position?.start,
        );
      }
    }
  });
}

function textsOf(node: Nodes): string[] {
  if (node.type === 'text' || node.type === 'html') return [node.value];
  if (node.type === 'link' || node.type === 'image') return [decoded(node.url)];
  return [];
}

function decoded(url: string): string {
  return url.replace(/%7B/gi, '{').replace(/%7D/gi, '}');
}
