/**
 * Where a mail may be cut: after a block; inside a block after a paragraph, a list item, a table row, a question, a
 * reading and the like; and after a sentence of a very long paragraph. A block of one piece (a picture, a heading) is
 * one part.
 */
import type { Element } from 'hast';
import { isBlockElement } from '../../issue/content/content-text.ts';
import type { Block, Content } from '../../issue/document/document.ts';
import { firstOfPassage, isLong, passageParts } from './passage.ts';

type Node = Content[number];

/** How many parts a block has; at least 1. */
export const partsIn = (block: Block): number => Math.max(1, partsOf(block).count);

/** The block with its first `count` parts, 1 or more. */
export const firstParts = (block: Block, count: number): Block => partsOf(block).first(count);

interface Parts {
  count: number;
  first(count: number): Block;
}

function partsOf(block: Block): Parts {
  switch (block.kind) {
    case 'qa':
      return listed(block.questions, (questions) => ({ ...block, questions }));
    case 'reading':
      return listed(block.readings, (readings) => ({ ...block, readings }));
    case 'releases':
      return listed(block.releases, (releases) => ({ ...block, releases }));
    case 'tasks':
      return listed(block.groups, (groups) => ({ ...block, groups }));
    case 'code':
      return listed(block.code.split('\n'), (lines) => ({ ...block, code: lines.join('\n') }));
    case 'prose':
    case 'quote':
    case 'callout':
    case 'table':
    case 'footnotes':
    case 'banner':
    case 'sponsor':
      return {
        count: block.content.reduce((sum, node) => sum + nodeParts(node), 0),
        first: (count) => ({ ...block, content: firstNodes(block.content, count) }),
      };
    default:
      return { count: 1, first: () => block };
  }
}

const listed = <T>(items: readonly T[], withItems: (items: T[]) => Block): Parts => ({
  count: items.length,
  first: (count) => withItems(items.slice(0, count)),
});

/** Elements whose items stand one below the other. */
const CONTAINERS = new Set(['ul', 'ol', 'dl', 'table', 'tbody', 'blockquote', 'div', 'details']);

/** Elements that hold words, or blocks of words. Table rows are not among them: half of one makes no sense. */
const PASSAGES = new Set(['p', 'li', 'dd', 'center']);

const isPassage = (element: Element): boolean =>
  PASSAGES.has(element.tagName) && isLong(element) && !element.children.some(isBlockElement);

const isContainer = (element: Element): boolean =>
  CONTAINERS.has(element.tagName) ||
  (PASSAGES.has(element.tagName) && element.children.some(isBlockElement) && isLong(element));

function nodeParts(node: Node): number {
  if (node.type !== 'element') return 0;
  if (isPassage(node)) return passageParts(node);
  if (!isContainer(node)) return 1;
  return Math.max(
    1,
    node.children.reduce((sum, child) => sum + nodeParts(child), 0),
  );
}

function firstNodes(nodes: readonly Node[], count: number): Node[] {
  const kept: Node[] = [];
  let left = count;
  for (const node of nodes) {
    if (left <= 0) break;
    const parts = nodeParts(node);
    kept.push(parts <= left || node.type !== 'element' ? node : beginningOf(node, left));
    left -= parts;
  }
  return kept;
}

const beginningOf = (element: Element, count: number): Element =>
  isPassage(element)
    ? firstOfPassage(element, count)
    : { ...element, children: firstNodes(element.children, count) };
