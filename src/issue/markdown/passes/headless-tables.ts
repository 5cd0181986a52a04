/** Reads tables without a line of dashes (kramdown): a paragraph of lines like `| a | b |`. */
import type {
  AlignType,
  Paragraph,
  PhrasingContent,
  Root,
  RootContent,
  Table,
  TableCell,
  TableRow,
} from 'mdast';
import { lineText } from '../tree/text.ts';
import { walk } from '../tree/walk.ts';
import { splitLines } from './repair-soft-breaks.ts';

const ROW = /^\|.*\|$/;
const RULE = /^\|(?:[ \t]*:?-+:?[ \t]*[|+])+$/;

export const mayHaveHeadlessTables = (source: string): boolean =>
  /^[ \t>]*\|.*\|[ \t]*\n[ \t>]*\|.*\|[ \t]*$/m.test(source);

export function readHeadlessTables(tree: Root): void {
  walk(tree, (node) => {
    if (
      node.type === 'root' ||
      node.type === 'blockquote' ||
      node.type === 'listItem' ||
      node.type === 'containerDirective'
    )
      node.children = (node.children as RootContent[]).map((child) =>
        child.type === 'paragraph' ? (tableOf(child) ?? child) : child,
      ) as never;
  });
}

/** In mdast the first row of a table is its header. An empty one is dropped later (`content.ts`). */
function tableOf(paragraph: Paragraph): Table | null {
  const lines = splitLines(paragraph.children);
  const texts = lines.map((line) => lineText(line));
  if (lines.length < 2 || !texts.every((text) => ROW.test(text))) return null;
  const rows = lines.filter((_, i) => !RULE.test(texts[i] ?? '')).map((line) => rowOf(line, paragraph));
  const columns = Math.max(0, ...rows.map(({ children }) => children.length));
  if (columns < 2 || rows.length === 0) return null;
  const empty = Array.from({ length: columns }, (): TableCell => ({ type: 'tableCell', children: [] }));
  const head: TableRow = { type: 'tableRow', children: empty };
  const said = alignOf(texts.find((text) => RULE.test(text)));
  const align = empty.map((_, i) => said[i] ?? null);
  return { type: 'table', align, children: [head, ...rows], position: paragraph.position };
}

function alignOf(rule: string | undefined): AlignType[] {
  const cells = rule?.split('|').slice(1, -1) ?? [];
  return cells.map((cell): AlignType => {
    const [left, right] = [/^\s*:/.test(cell), /:\s*$/.test(cell)];
    if (left && right) return 'center';
    return right ? 'right' : left ? 'left' : null;
  });
}

function rowOf(line: PhrasingContent[], { position }: Paragraph): TableRow {
  const cells: PhrasingContent[][] = [[]];
  for (const node of line) {
    if (node.type !== 'text') {
      cells.at(-1)?.push(node);
      continue;
    }
    node.value.split('|').forEach((value, i) => {
      if (i > 0) cells.push([]);
      if (value.trim() !== '') cells.at(-1)?.push({ ...node, value: value.replace(/^\s+|\s+$/g, ' ') });
    });
  }
  const inner = cells
    .slice(1, -1)
    .map((children): TableCell => ({ type: 'tableCell', children: trimmed(children) }));
  return { type: 'tableRow', children: inner, position };
}

function trimmed(children: PhrasingContent[]): PhrasingContent[] {
  const [first, last] = [children[0], children.at(-1)];
  if (first?.type === 'text') first.value = first.value.trimStart();
  if (last?.type === 'text') last.value = last.value.trimEnd();
  return children;
}
