/** Records -> text of a CSV file. */

/** A record of RFC 4180 with its line end. Text that people typed must have gone through `escapeFormula`. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n;\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
