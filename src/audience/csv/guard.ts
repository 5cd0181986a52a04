/**
 * Cells that a spreadsheet would run as a formula get a leading quote on export (OWASP ASVS 1.2.10) and lose it on
 * import. A cell that begins with such a quote already gets another one, so that every text comes back as it was.
 */
const RISKY = /^'*[=+\-@\t\r\0]/;

export function guarded(cell: string): string {
  return RISKY.test(cell) ? `'${cell}` : cell;
}

export function unguarded(cell: string): string {
  return cell.startsWith("'") && RISKY.test(cell) ? cell.slice(1) : cell;
}

/** A record of RFC 4180 with its line end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => quoted(guarded(cell))).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n;\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
