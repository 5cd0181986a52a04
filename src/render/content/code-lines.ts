/**
 * A phone wraps long lines of code. The wrapped part should continue below the line's own indent, two columns further in.
 * CSS cannot do that for a whole listing, so each long line becomes a block with a hanging indent of its own.
 */
import type { ElementContent } from 'hast';

/** The columns that a phone 360 px wide shows at a font size of 14 px. */
const PHONE_COLUMNS = 34;
/** A column of a monospaced font is about 0.6 em wide. */
const COLUMN_EM = 0.6;
const HANGING_COLUMNS = 2;
/** A deeper indent would leave no room on a phone. */
const MAX_INDENT_COLUMNS = 12;

/** The listing with each long line as a block. */
export function hangingLines(code: readonly ElementContent[]): ElementContent[] {
  return linesOf(code).flatMap((line) => {
    const text = line.map(textOf).join('');
    if (text.trimEnd().length <= PHONE_COLUMNS) return line;
    return [{ type: 'element', tagName: 'span', properties: { style: hanging(text) }, children: line }];
  });
}

function hanging(text: string): string {
  const indent = /^[ \t]*/.exec(text)![0].replace(/\t/g, '        ').length;
  const em = Number(((Math.min(indent, MAX_INDENT_COLUMNS) + HANGING_COLUMNS) * COLUMN_EM).toFixed(1));
  return `display:block;padding-left:${em}em;text-indent:-${em}em`;
}

const textOf = (node: ElementContent): string =>
  node.type === 'text' ? node.value : node.type === 'element' ? node.children.map(textOf).join('') : '';

/** The lines, each with its line break. An element that spans several lines appears once in each. */
function linesOf(nodes: readonly ElementContent[]): ElementContent[][] {
  const lines: ElementContent[][] = [[]];
  for (const node of nodes)
    for (const [index, piece] of linesOfNode(node).entries()) {
      if (index > 0) lines.push([]);
      lines.at(-1)!.push(...piece);
    }
  return lines;
}

/** The rest after the last line break counts as a line, even when it is empty. */
function pieces(text: string): string[] {
  const parts = text.split('\n');
  return parts.map((part, index) => (index < parts.length - 1 ? `${part}\n` : part));
}

function linesOfNode(node: ElementContent): ElementContent[][] {
  if (node.type === 'text') return pieces(node.value).map((value) => (value ? [{ ...node, value }] : []));
  if (node.type !== 'element') return [[node]];
  return linesOf(node.children).map((children) => (children.length > 0 ? [{ ...node, children }] : []));
}
