/**
 * Tables in plain text: aligned columns if they fit, else one line for each cell, after its heading. Columns align in a
 * monospaced font; in any other font the bars still separate the cells.
 */
import type { Element } from 'hast';
import { type Cell, EMPTY, type Grid, gridOf } from './table-grid.ts';
import { displayWidth, hang, wrap } from './wrap.ts';

/** How the parts of a table are written. */
interface TableVoice {
  /** The words of a cell, in one line. */
  cell(cell: Element): string;
  /** `heading: words`, with the colon of the language. */
  pair(heading: string, words: string): string;
}

/** The rows of a table as lines of at most `columns`, except for longer words. */
export function rowLines(voice: TableVoice, rows: readonly Element[], columns: number): string[] {
  const { head, body } = gridOf(rows, voice.cell);
  const all = [...head, ...body];
  const widths = columnWidths(all);
  if (widths.length < 2) return oneColumn(head, body, columns);
  if (fits(widths, columns) && !all.flat().some(({ isFilledLater }) => isFilledLater))
    return aligned(head, body, widths);
  return body.length > 0 ? records(voice, { head, body }, columns) : joined(head, columns);
}

/** The widths of the columns, up to the last one that has words. */
function columnWidths(rows: readonly Cell[][]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    const last = row.findLastIndex(({ words }) => words !== '');
    for (let at = 0; at <= last; at++)
      widths[at] = Math.max(widths[at] ?? 0, displayWidth(row[at]?.words ?? ''));
  }
  return widths;
}

const BAR = ' | ';

const fits = (widths: readonly number[], columns: number): boolean =>
  widths.reduce((sum, width) => sum + width, BAR.length * (widths.length - 1)) <= columns;

function aligned(head: readonly Cell[][], body: readonly Cell[][], widths: readonly number[]): string[] {
  const lineOf = (row: readonly Cell[]): string =>
    widths
      .map((width, at) => padded(row[at] ?? EMPTY, width))
      .join(BAR)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  return [...head.map(lineOf), ...(head.length > 0 ? [rule] : []), ...body.map(lineOf)];
}

function padded({ words, align }: Cell, width: number): string {
  const room = width - displayWidth(words);
  const before = align === 'right' ? room : align === 'center' ? Math.floor(room / 2) : 0;
  return ' '.repeat(before) + words + ' '.repeat(room - before);
}

/** Without headings, each row is one text. */
function records(voice: TableVoice, { head, body }: Grid, columns: number): string[] {
  if (head.length === 0) return joined(body, columns);
  const headingOf = (at: number): string =>
    head
      .map((row) => row[at]?.words ?? '')
      .filter((words) => words !== '')
      .join(' ');
  return body.flatMap((row, index) => {
    const lines = row.flatMap(({ words }, at) => {
      if (words === '') return [];
      const heading = headingOf(at);
      return hang(wrap(heading === '' ? words : voice.pair(heading, words), columns - 2), '', '  ');
    });
    return index === 0 ? lines : ['', ...lines];
  });
}

function joined(rows: readonly Cell[][], columns: number): string[] {
  return rows.flatMap((row) => hang(wrap(row.map(({ words }) => words).join(BAR), columns - 2), '', '  '));
}

function oneColumn(head: readonly Cell[][], body: readonly Cell[][], columns: number): string[] {
  const linesOf = (rows: readonly Cell[][]): string[] =>
    rows.flatMap((row) => wrap(row[0]?.words ?? '', columns));
  const titles = linesOf(head);
  return titles.length === 0
    ? linesOf(body)
    : [...titles, '-'.repeat(Math.max(...titles.map(displayWidth))), ...linesOf(body)];
}
