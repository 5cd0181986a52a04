/** Superscripts and subscripts as plain text: in Unicode where it has them, else after `^` or `_`. */

const RAISED = signs('0123456789+-−=()ni', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ');
const LOWERED = signs('0123456789+-−=()', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎');
/** Kept as they are, on the line: trade marks, daggers, and note references. */
const ON_THE_LINE = /^(?:tm|sm|[™®©℠*†‡]+|[[(].*[\])])$/i;
/** `1st`, `2º`, `3e`. */
const ORDINAL = /^(?:st|nd|rd|th|e|er|re|ère|ème|o|a|º|ª|os|as)$/i;

/** `before` is the character before it; '' at the start of a line. */
export function superscript(words: string, before: string): string {
  const text = words.trim();
  if (text === '' || ON_THE_LINE.test(text) || (ORDINAL.test(text) && /\d/.test(before))) return words;
  return inUnicode(text, RAISED) ?? (isBase(before) ? `^${bracketed(text)}` : words);
}

/** Like `superscript`, for `H₂O`, `x_max`, `a_(i,j)`. */
export function subscript(words: string, before: string): string {
  const text = words.trim();
  if (text === '') return words;
  return inUnicode(text, LOWERED) ?? (isBase(before) ? `_${bracketed(text)}` : words);
}

function signs(plain: string, special: string): ReadonlyMap<string, string> {
  const to = [...special];
  return new Map([...plain].map((sign, index) => [sign, to[index]!]));
}

function inUnicode(text: string, table: ReadonlyMap<string, string>): string | null {
  const found = [...text].map((sign) => table.get(sign));
  return found.every((sign) => sign !== undefined) ? found.join('') : null;
}

const isBase = (before: string): boolean => /[\p{L}\p{N})\]}]/u.test(before);

/** `^n` binds one word; anything longer goes into brackets. */
const bracketed = (text: string): string => (/^[\p{L}\p{N}]+$/u.test(text) ? text : `(${text})`);
