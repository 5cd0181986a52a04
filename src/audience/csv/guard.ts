/**
 * What a person typed (names, attributes) and a spreadsheet would run as a formula gets a leading quote on export
 * (OWASP ASVS 1.2.10) and loses it on import. A cell that begins with such a quote already gets another one, so that
 * every text comes back as it was. Phone numbers are no formulas; addresses and our own columns are never guarded.
 */
const RISKY = /^'*[=+\-@\t\r\0]/;
const PHONE = /^\+\d[\d ()./-]*$/;

export function guarded(cell: string): string {
  return RISKY.test(cell) && !PHONE.test(cell) ? `'${cell}` : cell;
}

export function unguarded(cell: string): string {
  return cell.startsWith("'") && RISKY.test(cell) ? cell.slice(1) : cell;
}

/** A record of RFC 4180 with its line end. What a person typed is `guarded` before. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n;\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
