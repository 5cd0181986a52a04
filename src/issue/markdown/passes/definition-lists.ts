/**
 * Reads definition lists: a line `Term`, and below it `: what it means` (kramdown, Hugo, Pelican). The micromark
 * extension for them takes seconds for a few thousand characters of terms, so this pass converts the paragraphs that
 * CommonMark makes of them.
 */
import type { Paragraph, PhrasingContent, Root, RootContent } from 'mdast';
import type { DefinitionList, DefinitionPart } from '../tree/tree.ts';
import { walk } from '../tree/walk.ts';
import { splitLines } from './repair-soft-breaks.ts';

const MARK = /^:[ \t]+(?=\S|$)/;
const FLOW = new Set(['root', 'blockquote', 'listItem', 'containerDirective', 'htmlGroup']);

/** A line of the source that may begin a definition. */
export const mayHaveDefinitions = (source: string): boolean => /^[ \t>]*:[ \t]+\S/m.test(source);

export function readDefinitions(tree: Root): void {
  walk(tree, (node) => {
    if (FLOW.has(node.type) && 'children' in node)
      node.children = gathered(node.children as RootContent[]) as never;
  });
}

/** Joins adjacent lists. A definition after a blank line belongs to the line above that. */
function gathered(children: RootContent[]): RootContent[] {
  const result: RootContent[] = [];
  for (const child of children) {
    const before = result.at(-1);
    const parts = child.type === 'paragraph' ? partsOf(child, before) : null;
    if (!parts) {
      result.push(child);
      continue;
    }
    const isBelowTerm = parts[0]?.type === 'definitionText' && before?.type === 'paragraph';
    if (isBelowTerm) parts.unshift(part('definitionTerm', (result.pop() as Paragraph).children, before));
    const list = result.at(-1);
    if (list?.type === 'definitionList') list.children.push(...parts);
    else result.push(listOf(parts));
  }
  return result;
}

function listOf(children: DefinitionPart[]): DefinitionList {
  return { type: 'definitionList', children, data: { hName: 'dl' }, position: children[0]?.position };
}

/** Null if the paragraph defines nothing. */
function partsOf(paragraph: Paragraph, before: RootContent | undefined): DefinitionPart[] | null {
  const lines = splitLines(paragraph.children);
  const first = lines.findIndex(isDefinition);
  if (first < 0 || (first === 0 && !mayBeTerm(before))) return null;
  const terms = lines.slice(0, first).map((line) => part('definitionTerm', line, paragraph));
  const texts: PhrasingContent[][] = [];
  for (const line of lines.slice(first)) {
    if (isDefinition(line)) texts.push(withoutMark(line));
    else texts.at(-1)?.push({ type: 'text', value: '\n' }, ...line);
  }
  return [...terms, ...texts.map((text) => part('definitionText', text, paragraph))];
}

const isDefinition = ([first]: PhrasingContent[]): boolean =>
  first?.type === 'text' && MARK.test(first.value);

function mayBeTerm(node: RootContent | undefined): boolean {
  if (node?.type === 'definitionList') return true;
  return node?.type === 'paragraph' && splitLines(node.children).length === 1;
}

function withoutMark([first, ...rest]: PhrasingContent[]): PhrasingContent[] {
  return first?.type === 'text' ? [{ ...first, value: first.value.replace(MARK, '') }, ...rest] : rest;
}

/** Terms and definitions hold inline nodes like paragraphs, so that later passes treat them alike. */
function part(type: DefinitionPart['type'], children: PhrasingContent[], like: Paragraph): DefinitionPart {
  const { position } = like;
  const hName = type === 'definitionTerm' ? 'dt' : 'dd';
  return { type, children, data: { hName }, position };
}
