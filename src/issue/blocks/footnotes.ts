/** Collects the footnotes at the end of the issue, in the order of their numbers. */
import type { FootnoteDefinition, List, Root } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block } from '../document/document.ts';
import { lineOf } from '../markdown/tree/tree.ts';

export function footnotesBlock(tree: Root): Block[] {
  const notes = tree.children
    .filter((node) => node.type === 'footnoteDefinition')
    .sort((a, b) => numberOf(a) - numberOf(b));
  const [first] = notes;
  if (!first) return [];
  const list: List = {
    type: 'list',
    ordered: true,
    spread: false,
    children: notes.map(({ children }) => ({ type: 'listItem', children })),
  };
  return [{ kind: 'footnotes', line: lineOf(first), content: contentOf([list]) }];
}

function numberOf(note: FootnoteDefinition): number {
  return Number(note.label);
}
