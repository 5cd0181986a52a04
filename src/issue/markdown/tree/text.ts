/** The plain text of mdast nodes, and which characters are CJK. */
import type { Nodes, RootContent } from 'mdast';
import { contentOf } from '../../content/content.ts';
import { contentText } from '../../content/content-text.ts';

const CJK =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6\u2018-\u201d\u2026]/u;

/** Han, kana, and the punctuation that goes with them: no space belongs next to these. */
export function isCjk(character: string): boolean {
  return CJK.test(character);
}

/**
 * The text of a label on one line: each run of white space (NBSP too) is one space, pictures are omitted, slots stay as
 * they are written, struck words are left out.
 */
export function lineText(node: Nodes | Nodes[]): string {
  if (hasForms(node)) return contentText(contentOf(flat(node) as RootContent[]));
  const text = rawText(node);
  return (/\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text).trim();
}

const flat = (node: Nodes | Nodes[]): Nodes[] =>
  Array.isArray(node) ? node : node.type === 'root' ? (node.children as Nodes[]) : [node];

/** Whether the text needs the slow path through `contentOf`, which handles struck words and HTML. */
function hasForms(node: Nodes | Nodes[]): boolean {
  if (Array.isArray(node)) return node.some(hasForms);
  if (node.type === 'delete') return true;
  if (node.type === 'html') return !BR.test(node.value.trim());
  return 'children' in node && (node.children as Nodes[]).some(hasForms);
}

const BR = /^<br\s*\/?>$/i;

function rawText(node: Nodes | Nodes[]): string {
  if (Array.isArray(node)) return node.map(rawText).join('');
  if (node.type === 'text' || node.type === 'inlineCode' || node.type === 'code') return node.value;
  if (node.type === 'break') return '\n';
  if (node.type === 'html') return BR.test(node.value.trim()) ? '\n' : '';
  if (!('children' in node)) return '';
  const separator = FLOW_PARENTS.has(node.type) ? '\n' : '';
  return (node.children as Nodes[]).map(rawText).join(separator);
}

const FLOW_PARENTS: ReadonlySet<string> = new Set(
  'root blockquote list listItem footnoteDefinition containerDirective'.split(' '),
);
