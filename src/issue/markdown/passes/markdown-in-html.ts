/**
 * Parses the content of `<div markdown="1">` (kramdown, Python-Markdown) as Markdown, with or without blank lines
 * around it.
 */
import type { Html, Nodes, Root, RootContent } from 'mdast';
import { parseMarkdown } from '../parse/parse.ts';
import { lineOf } from '../tree/tree.ts';
import { walk } from '../tree/walk.ts';

const MARKED =
  /<([A-Za-z][\w-]*)((?:\s(?:"[^"]*"|'[^']*'|[^'"<>])*)?)\smarkdown(?:\s*=\s*(?:"[^"]*"|'[^']*'|[\w-]+))?(?=[\s/>])((?:"[^"]*"|'[^']*'|[^'"<>])*)>/i;
/** Elements with inline content only. */
const WORDS = new Set(
  'p span h1 h2 h3 h4 h5 h6 td th summary dt caption figcaption a b i em strong small'.split(' '),
);
const FLOW = new Set(['root', 'blockquote', 'listItem', 'containerDirective', 'htmlGroup']);
/** An element that opens and closes on one line. Markdown must not add the lines below to its block. */
const WHOLE_LINE = /^([ \t]*)(<(\w+)\b[^<>]*>.*<\/\3\s*>[ \t]*)$/gm;
/** How deep elements may be nested. Deeper ones stay HTML. */
const MAX_DEPTH = 12;

export const mayHaveMarkdownInHtml = (source: string): boolean => /\smarkdown(?:\s*=|[\s/>])/i.test(source);

export function readMarkdownInHtml(tree: Root, depth = 0): void {
  if (depth > MAX_DEPTH) return;
  walk(tree, (node) => {
    if (!FLOW.has(node.type) || !('children' in node)) return;
    node.children = (node.children as RootContent[]).flatMap((child) =>
      child.type === 'html' && MARKED.test(child.value) ? opened(child, depth) : [child],
    ) as never;
  });
}

function opened(html: Html, depth: number): RootContent[] {
  const nodes = cut(html.value, lineOf(html), html.position, depth);
  const isWhole = nodes.at(-1)?.type === 'html' && nodes.length > 1;
  return isWhole ? [{ type: 'htmlGroup', children: nodes, position: html.position }] : nodes;
}

function cut(value: string, line: number, position: Html['position'], depth: number): RootContent[] {
  const match = MARKED.exec(value);
  if (!match) return value.trim() === '' ? [] : [{ type: 'html', value, position }];
  const [whole, name = '', before = '', after = ''] = match;
  const from = match.index + whole.length;
  const close = closeOf(value, name, from);
  const head = `${value.slice(0, match.index)}<${name}${before}${after}>`;
  const inner = value.slice(from, close);
  const innerLine = line + count(value.slice(0, from));
  const restLine = innerLine + count(inner);
  return [
    { type: 'html', value: head, position },
    ...parsed(
      inner,
      innerLine,
      (position?.start.offset ?? 0) + 1,
      WORDS.has(name.toLowerCase()) || /markdown\s*=\s*["']?span/i.test(whole),
      depth,
    ),
    ...cut(value.slice(close), restLine, position, depth),
  ];
}

const count = (text: string): number => text.split('\n').length - 1;

/** Where the element is closed, or the end of the text. */
function closeOf(value: string, name: string, from: number): number {
  const tags = new RegExp(`<(/?)${name}(?=[\\s>/])[^<>]*>`, 'gi');
  tags.lastIndex = from;
  let depth = 1;
  for (let tag = tags.exec(value); tag; tag = tags.exec(value)) {
    depth += tag[1] ? -1 : 1;
    if (depth === 0) return tag.index;
  }
  return value.length;
}

function parsed(
  inner: string,
  line: number,
  offset: number,
  areWords: boolean,
  depth: number,
): RootContent[] {
  if (inner.trim() === '') return [];
  const tree = parseMarkdown(dedented(inner).replace(WHOLE_LINE, '$1<!---->$2'));
  walk(tree, (node) => shift(node, line - 1, offset));
  readMarkdownInHtml(tree, depth + 1);
  const [only, ...more] = tree.children;
  return areWords && only?.type === 'paragraph' && more.length === 0 ? only.children : tree.children;
}

/**
 * Lines become those of the file. The offset is that of the element's name for all nodes, since no Markdown mark
 * begins there.
 */
function shift(node: Nodes, lines: number, offset: number): void {
  if (!node.position) return;
  const moved = ({ line, column }: Point) => ({ line: line + lines, column, offset });
  node.position = { start: moved(node.position.start), end: moved(node.position.end) };
}

type Point = NonNullable<Nodes['position']>['start'];

function dedented(text: string): string {
  const lines = text.split('\n');
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)![0].length);
  const margin = Math.min(...indents, 1_000);
  return lines
    .map((line, i) =>
      i === 0 ? line.trimStart() : line.slice(Math.min(margin, /^[ \t]*/.exec(line)![0].length)),
    )
    .join('\n');
}
