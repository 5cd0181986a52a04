/**
 * Protects against formula injection (OWASP ASVS 1.2.10): text that people typed (names, attributes) and that a
 * spreadsheet would run as a formula gets a leading quote on export and loses it on import. A cell that already begins
 * with such a quote gets another one, so that every text comes back unchanged. Phone numbers are not formulas; addresses
 * and our own columns are never escaped.
 */
const RISKY = /^'*[=+\-@\t\r\0]/;
const PHONE = /^\+\d[\d ()./-]*$/;

export function escapeFormula(cell: string): string {
  return RISKY.test(cell) && !PHONE.test(cell) ? `'${cell}` : cell;
}

export function unescapeFormula(cell: string): string {
  return cell.startsWith("'") && RISKY.test(cell) ? cell.slice(1) : cell;
}
