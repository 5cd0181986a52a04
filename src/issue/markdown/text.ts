/** What characters are, and what a piece of mdast says as plain text. */
import type { Nodes } from 'mdast';

const CJK =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6\u2018-\u201d\u2026]/u;

/** Han, kana, and the punctuation that is set with them: no blank is wanted beside these. */
export function isCjk(character: string): boolean {
  return CJK.test(character);
}

/**
 * The visible text of a node: one blank for each run of white space (NBSP too), images by nothing, hard breaks
 * as line ends.
 */
export function textOf(node: Nodes | Nodes[]): string {
  return rawText(node)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
}

/** As `textOf`, on one line. */
export function lineText(node: Nodes | Nodes[]): string {
  const text = rawText(node);
  return (/\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text).trim();
}

function rawText(node: Nodes | Nodes[]): string {
  if (Array.isArray(node)) return node.map(rawText).join('');
  if (node.type === 'text' || node.type === 'inlineCode' || node.type === 'code') return node.value;
  if (node.type === 'break') return '\n';
  if (node.type === 'html') return /^<br\s*\/?>$/i.test(node.value.trim()) ? '\n' : '';
  if (!('children' in node)) return '';
  const separator = FLOW_PARENTS.has(node.type) ? '\n' : '';
  return (node.children as Nodes[]).map(rawText).join(separator);
}

const FLOW_PARENTS: ReadonlySet<string> = new Set(
  'root blockquote list listItem footnoteDefinition containerDirective'.split(' '),
);
