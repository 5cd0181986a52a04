/**
 * A phone wraps long lines of code. What is wrapped goes on below the line's own indent, two columns further in;
 * nothing in CSS does that for a whole listing, so each long line is a block with a hanging indent of its own.
 */
import type { ElementContent } from 'hast';

/** Columns that a phone of 360 px shows at 14 px. */
const ROOM = 34;
/** A column of a monospaced font is some 0.6 em wide. */
const COLUMN_EM = 0.6;
const FURTHER = 2;
/** Deeper, a phone would have no room left. */
const DEEPEST = 12;

/** The listing with its long lines as blocks; the same where none is long. */
export function hangingLines(code: readonly ElementContent[]): ElementContent[] {
  return linesOf(code).flatMap((line) => {
    const text = line.map(textOf).join('');
    if (text.trimEnd().length <= ROOM) return line;
    return [{ type: 'element', tagName: 'span', properties: { style: hanging(text) }, children: line }];
  });
}

function hanging(text: string): string {
  const indent = /^[ \t]*/.exec(text)![0].replace(/\t/g, '        ').length;
  const em = Number(((Math.min(indent, DEEPEST) + FURTHER) * COLUMN_EM).toFixed(1));
  return `display:block;padding-left:${em}em;text-indent:-${em}em`;
}

const textOf = (node: ElementContent): string =>
  node.type === 'text' ? node.value : node.type === 'element' ? node.children.map(textOf).join('') : '';

/** Each line with the line break at its end; an element that goes over several lines is there once for each. */
function linesOf(nodes: readonly ElementContent[]): ElementContent[][] {
  const lines: ElementContent[][] = [[]];
  for (const node of nodes)
    for (const [index, piece] of brokenUp(node).entries()) {
      if (index > 0) lines.push([]);
      lines.at(-1)!.push(...piece);
    }
  return lines;
}

/** What stands behind the last line break is a line too, if an empty one so far. */
function pieces(text: string): string[] {
  const parts = text.split('\n');
  return parts.map((part, index) => (index < parts.length - 1 ? `${part}\n` : part));
}

function brokenUp(node: ElementContent): ElementContent[][] {
  if (node.type === 'text') return pieces(node.value).map((value) => (value ? [{ ...node, value }] : []));
  if (node.type !== 'element') return [[node]];
  return linesOf(node.children).map((children) => (children.length > 0 ? [{ ...node, children }] : []));
}
