/**
 * Removes the attribute lists of site generators: `{: .lead}` (kramdown, Python-Markdown), `{#id .class}` (Hugo,
 * Pelican, Eleventy). They set styles and link targets of a page, and a mail has neither.
 */
import type { Code, Nodes, Paragraph, Parents, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { lineText } from '../tree/text.ts';
import { walk } from '../tree/walk.ts';

const LIST = /\{(:?)([^{}\n]{0,200})\}/;
const LEADING = new RegExp(`^${LIST.source}`);
const TRAILING = new RegExp(`[ \\t]*${LIST.source}[ \\t]*$`);
const OWN_LINE = new RegExp(`^[ \\t]*${LIST.source}[ \\t]*$`);
const TOC = /\{:\s*toc\b[^}]*\}$/;
/** Inline nodes that a list may follow directly. */
const SPANS = new Set(
  'link image emphasis strong delete inlineCode html linkReference imageReference'.split(' '),
);

export function removeAttributeLists(tree: Root, source: string): void {
  walk(tree, (node) => {
    if (node.type === 'code') plainLanguage(node);
    if (!('children' in node)) return;
    for (const [i, child] of node.children.entries())
      if (child.type === 'text' && !isEscaped(child, source)) strip(child, i, node);
  });
  walk(tree, (node) => {
    if (node.type === 'table') dropListRow(node.children);
    if (isFlow(node))
      node.children = node.children.filter((child, i) => !isGone(child, node.children[i + 1])) as never;
  });
  walk(tree, (node) => {
    if (node.type === 'paragraph' || node.type === 'heading')
      node.children = node.children.filter(isSomething);
  });
}

type Flow = Extract<Parents, { children: RootContent[] }>;

const isFlow = (node: Nodes): node is Flow =>
  node.type === 'root' ||
  node.type === 'blockquote' ||
  node.type === 'listItem' ||
  node.type === 'containerDirective';

/** `\{: .x}` is literal text. */
function isEscaped({ value, position }: Text, source: string): boolean {
  if (!value.includes('{')) return true;
  return source.slice(position?.start.offset ?? 0, position?.end.offset ?? 0).includes('\\{');
}

function strip(text: Text, at: number, parent: Parents): void {
  if (SPANS.has(parent.children[at - 1]?.type ?? '')) cut(text, LEADING, true);
  const isLast = at === parent.children.length - 1;
  if (parent.type === 'heading' && isLast && cut(text, TRAILING, true))
    text.value = text.value.replace(/(?:^|[ \t]+)#+[ \t]*$/, '');
  if (parent.type !== 'paragraph' && parent.type !== 'tableCell') return;
  if (text.value.includes('\n') || (at === 0 && isLast)) cutLines(text, at === 0);
  if (isLast) cut(text, TRAILING, false);
  if (at === 0 && text.value.startsWith('{:')) cut(text, LEADING, true);
  text.value = text.value.replace(BRACKETED, (whole, words: string, list: string) =>
    isList('', list) ? words : whole,
  );
}

/** Pandoc's and markdown-it's `[words]{.class}`. */
const BRACKETED = /\[([^[\]\n]{1,200})\]\{([.#][^{}\n]{0,200})\}/g;

/**
 * `mayBeValues` accepts a list of `key=value` alone, which at the end of a text may be mathematics. Returns whether
 * it cut.
 */
function cut(text: Text, pattern: RegExp, mayBeValues: boolean): boolean {
  const { length } = text.value;
  for (let match = pattern.exec(text.value); match; match = pattern.exec(text.value)) {
    const [whole, colon = '', inner = ''] = match;
    if (TOC.test(whole) || !isList(colon, inner) || !(mayBeValues || colon || /^\s*[.#]/.test(inner))) break;
    text.value = text.value.slice(0, match.index) + text.value.slice(match.index + whole.length);
  }
  return text.value.length < length;
}

/** Removes a list on a line of its own, below or above the block it belongs to. */
function cutLines(text: Text, isAtStart: boolean): void {
  const lines = text.value.split('\n');
  const kept = lines.filter((line, i) => {
    const [, colon = '', inner = ''] = OWN_LINE.exec(line) ?? [];
    return (i === 0 && !isAtStart) || inner + colon === '' || !isList(colon, inner) || TOC.test(line);
  });
  if (kept.length < lines.length) text.value = kept.join('\n');
}

/** Classes, ids, values; kramdown's also name others (`{:toc}`, `{:note: .box}`). */
function isList(colon: string, inner: string): boolean {
  const words = inner
    .replace(/=\s*(?:"[^"]*"|'[^']*')/g, '=v')
    .trim()
    .split(/\s+/);
  const isWord = (word: string) =>
    /^[.#][\p{L}\w:.-]+$/u.test(word) ||
    /^[\w:@.-]+=\S+$/.test(word) ||
    (colon !== '' && /^[\w-]*:?$/.test(word));
  return words.every(isWord);
}

/** GFM reads a list right below a table as its last row. */
function dropListRow(rows: { children: Nodes[] }[]): void {
  const last = rows.at(-1)?.children ?? [];
  if (rows.length > 1 && last.every((cell) => lineText(cell) === '') && !last.some(holdsMore)) rows.pop();
}

const holdsMore = (cell: Nodes): boolean =>
  'children' in cell && cell.children.some(({ type }) => type !== 'text');

/** True for a paragraph that was nothing but an attribute list, and for the placeholder of a table of contents. */
function isGone(node: RootContent, next: RootContent | undefined): boolean {
  if (node.type === 'list') return TOC.test(lineText(node)) || (next?.type === 'paragraph' && isToc(next));
  if (node.type !== 'paragraph') return false;
  if (next?.type === 'paragraph' && node.children.length === 0) return true;
  return isToc(node) || (node.children.length > 0 && node.children.every((child) => !isSomething(child)));
}

const isToc = (node: Paragraph): boolean => /^\{:\s*toc\b[^}]*\}$/.test(lineText(node));
const isSomething = (node: PhrasingContent): boolean => node.type !== 'text' || node.value !== '';

/** Reads the language out of ```` ```{.python .wide} ```` and ```` ``` {r} ````. */
function plainLanguage(code: Code): void {
  const braced = /^\{[\s:]*\.?(?:language-)?([\w+#-]*)/.exec(code.lang ?? '');
  if (braced) code.lang = braced[1] || null;
  else if (code.lang?.includes('{')) code.lang = code.lang.split('{')[0] || null;
}
