/** The cells of a table in rows and columns, for its plain text. */
import type { Element } from 'hast';

export interface Cell {
  words: string;
  align: string;
  /** It contains a slot, so its width is known only when the mail is sent. */
  isFilledLater: boolean;
}

export interface Grid {
  head: Cell[][];
  body: Cell[][];
}

export const EMPTY: Cell = { words: '', align: 'left', isFilledLater: false };

/** A cell that spans rows is repeated in each of them; one that spans columns leaves the others empty. */
export function gridOf(rows: readonly Element[], words: (cell: Element) => string): Grid {
  const grid: Grid = { head: [], body: [] };
  let above: Held[] = [];
  for (const row of rows) {
    const cells = row.children.filter((child) => child.type === 'element');
    const isHead = grid.body.length === 0 && cells.every(({ tagName }) => tagName === 'th');
    above = lineOf(cells, above, words);
    const line = above.map(({ cell }) => cell);
    if (line.some((cell) => cell.words !== '')) grid[isHead ? 'head' : 'body'].push(line);
  }
  return grid;
}

/** A cell, and the number of further rows that it spans. */
interface Held {
  cell: Cell;
  left: number;
}

function lineOf(cells: readonly Element[], above: readonly Held[], words: (cell: Element) => string): Held[] {
  const line: Held[] = [];
  const flushRow = (): void => {
    for (let held = above[line.length]; held && held.left > 0; held = above[line.length])
      line.push({ cell: held.cell, left: held.left - 1 });
  };
  for (const element of cells) {
    flushRow();
    const left = span(element, 'rowSpan') - 1;
    line.push({ cell: cellOf(element, words), left });
    for (let more = span(element, 'colSpan'); more > 1; more--) line.push({ cell: EMPTY, left });
  }
  flushRow();
  return line;
}

/** Limited to more than anybody writes. */
const span = ({ properties }: Element, name: 'colSpan' | 'rowSpan'): number =>
  Math.min(Math.max(Number.parseInt(String(properties[name] ?? 1), 10) || 1, 1), 40);

function cellOf(cell: Element, words: (cell: Element) => string): Cell {
  const style = /text-align:\s*(\w+)/.exec(String(cell.properties.style ?? ''))?.[1];
  return {
    words: words(cell).replace(/\s+/g, ' ').trim(),
    align: style ?? String(cell.properties.align ?? 'left'),
    isFilledLater: holdsSlot(cell),
  };
}

const holdsSlot = ({ tagName, properties, children }: Element): boolean =>
  tagName === 'slot' ||
  properties.dataSlot !== undefined ||
  String(properties.href ?? '').includes('{{') ||
  children.some((child) => child.type === 'element' && holdsSlot(child));
