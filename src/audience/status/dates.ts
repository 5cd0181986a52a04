/** Dates as tools write them. A date whose order of day and month we would have to guess is not read. */

const ISO =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s*(Z|UTC|GMT)?\s*([+-]\d{2}:?\d{2})?(?:\s*[A-Z]{2,5})?$/i;

/** Year first, with or without a time; without a zone it is UTC. Null: not a date, or one in the future. */
export function readDate(text: string, now: Date = new Date()): Date | null {
  const [, year, month, day, hour = '0', minute = '0', second = '0', , , offset] =
    ISO.exec(text.trim()) ?? [];
  if (year === undefined) return null;
  const two = (part: string | undefined) => String(part).padStart(2, '0');
  const zone = offset ? `${offset.slice(0, 3)}:${offset.slice(-2)}` : 'Z';
  const date = new Date(
    `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction(text)}${zone}`,
  );
  const isValid = !Number.isNaN(date.getTime()) && date.getTime() > 0 && date <= now;
  return isValid ? date : null;
}

/** A Date is precise to milliseconds at most. */
function fraction(text: string): string {
  const digits = /:\d{2}\.(\d{1,3})/.exec(text)?.[1];
  return digits ? `.${digits}` : '';
}

/** Whether a cell is meant as a date, in any order. */
export function looksLikeDate(text: string): boolean {
  return (
    /^\d{1,4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,4}/.test(text.trim()) ||
    /^[A-Z][a-z]{2} \d{1,2},? \d{4}/.test(text.trim())
  );
}
