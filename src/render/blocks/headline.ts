/**
 * The title without the newsletter's name, which the mail shows above it. `Ferrykit Weekly 42: Smaller pools` in the
 * newsletter "Ferrykit Weekly" is the headline `Smaller pools` of number 42; the subject and `issue.title` keep the
 * whole title.
 */

interface Headline {
  /** Null: the title is only the newsletter's name and a number. */
  words: string | null;
  /** As the editor wrote it, in digits; null if there is none. */
  number: string | null;
}

/** Longer titles are left alone: the patterns take longer with each character. */
const MAX_TITLE_CHARACTERS = 300;
const DIGITS = String.raw`第\s*(\d{1,6})\s*[期号]|(?:no\.?|nr\.?|n°|№|issue|vol\.?|volume|edition|#)\s*#?(\d{1,6})|(\d{1,5})`;
const NUMBER = String.raw`[,，]?\s*[（(\[]?\s*(?:${DIGITS})\s*[）)\]]?`;
const BETWEEN = String.raw`[:：|｜–—―·•,，]|\s[-/]\s`;

/** `extra` is the rest of the front matter, which may have a `number:`. */
export function headlineOf(title: string, newsletter: string, extra: Record<string, unknown>): Headline {
  const written = numberIn(extra);
  const whole: Headline = { words: title, number: written };
  const name = newsletter.trim().split(/\s+/).map(escaped).join(String.raw`\s*`);
  if (name === '' || title.length > MAX_TITLE_CHARACTERS) return whole;
  const before = new RegExp(`^${name}\\s*(?:${NUMBER})?\\s*(?:${BETWEEN})\\s*(.+)$`, 'iu').exec(title);
  const behind = new RegExp(`^(.+?)\\s*(?:${BETWEEN})\\s*${name}\\s*(?:${NUMBER})?$`, 'iu').exec(title);
  const alone = new RegExp(`^${name}\\s*(?:${NUMBER})$`, 'iu').exec(title);
  if (before) return { words: before[4]!, number: digitsOf(before.slice(1, 4)) ?? written };
  if (behind) return { words: behind[1]!, number: digitsOf(behind.slice(2)) ?? written };
  if (alone) return { words: null, number: digitsOf(alone.slice(1)) };
  return whole;
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

const digitsOf = (groups: readonly (string | undefined)[]): string | null =>
  groups.find((group) => group !== undefined) ?? null;

function numberIn(extra: Record<string, unknown>): string | null {
  const [, found] =
    Object.entries(extra).find(([key]) => /^(number|issue|issue[-_ ]?number|volume|期)$/i.test(key)) ?? [];
  const text = String(found ?? '').trim();
  return /^\d{1,6}$/.test(text) ? text : null;
}
