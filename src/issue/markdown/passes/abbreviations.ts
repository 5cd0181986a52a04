/**
 * Reads abbreviations (`*[HTML]: Hyper Text Markup Language`, kramdown and Python-Markdown): removes the line, and
 * gives each such word an `<abbr>`.
 */
import type { Nodes, Parents, Root, RootContent, Text } from 'mdast';
import { lineText } from '../tree/text.ts';
import type { Abbreviation } from '../tree/tree.ts';
import { walk } from '../tree/walk.ts';
import { splitLines } from './repair-soft-breaks.ts';

const DEFINITION = /^\*\[([^\]\n]{1,60})\]:[ \t]*(.*)$/;
/** Further definitions are ignored. */
const MAX_ABBREVIATIONS = 200;

export const mayHaveAbbreviations = (source: string): boolean => /^[ \t>]*\*\[[^\]\n]+\]:/m.test(source);

export function readAbbreviations(tree: Root): void {
  const meanings = new Map<string, string>();
  tree.children = tree.children.filter((node) => !takeDefinitions(node, meanings));
  if (meanings.size === 0) return;
  const words = [...meanings.keys()].sort((a, b) => b.length - a.length).map(escapeWord);
  const pattern = new RegExp(`(?<![A-Za-z0-9_])(?:${words.join('|')})(?![A-Za-z0-9_])`, 'g');
  walk(tree, (node) => {
    if (node.type === 'link' || node.type === 'abbreviation') return false;
    if ('children' in node) mark(node, pattern, meanings);
    return true;
  });
}

const escapeWord = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** True for a paragraph that holds nothing but definitions, which are added to `meanings`. */
function takeDefinitions(node: RootContent, meanings: Map<string, string>): boolean {
  if (node.type !== 'paragraph') return false;
  const found = splitLines(node.children).map((line) => DEFINITION.exec(lineText(line)));
  if (!found.every((match) => match !== null)) return false;
  for (const [, word = '', meaning = ''] of found)
    if (meanings.size < MAX_ABBREVIATIONS && !meanings.has(word.trim()))
      meanings.set(word.trim(), meaning.trim());
  return true;
}

function mark(parent: Parents, pattern: RegExp, meanings: ReadonlyMap<string, string>): void {
  parent.children = (parent.children as Nodes[]).flatMap((node): Nodes[] =>
    node.type === 'text' ? marked(node, pattern, meanings) : [node],
  ) as never;
}

function marked(node: Text, pattern: RegExp, meanings: ReadonlyMap<string, string>): (Text | Abbreviation)[] {
  const parts: (Text | Abbreviation)[] = [];
  let from = 0;
  for (const { 0: word, index } of node.value.matchAll(pattern)) {
    if (index > from) parts.push({ ...node, value: node.value.slice(from, index) });
    const data = { hName: 'abbr', hProperties: { title: meanings.get(word) ?? '' } };
    parts.push({ type: 'abbreviation', children: [{ ...node, value: word }], data, position: node.position });
    from = index + word.length;
  }
  if (from === 0) return [node];
  if (from < node.value.length) parts.push({ ...node, value: node.value.slice(from) });
  return parts;
}
