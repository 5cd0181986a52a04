/** The mark before a list item in plain text: `- `, `3. `, `b. `, `iv. `. */
import type { Element } from 'hast';

/** Returns the mark of each item in turn; follows `start`, `reversed`, `type` and an item's own `value`. */
export function listMark(list: Element, length: number): (item: Element) => string {
  if (list.tagName !== 'ol') return () => '- ';
  const { start, reversed, type } = list.properties;
  const isReversed = reversed !== undefined && reversed !== null && reversed !== false;
  const step = isReversed ? -1 : 1;
  let next = numberIn(start) ?? (isReversed ? length : 1);
  return (item) => {
    const number = numberIn(item.properties.value) ?? next;
    next = number + step;
    return `${counted(number, String(type ?? '1'))}. `;
  };
}

function numberIn(value: unknown): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) ? number : null;
}

function counted(number: number, type: string): string {
  if (number < 1 || number > 3999 || type === '1') return String(number);
  const letters = /i/i.test(type) ? roman(number) : alphabetic(number);
  return type === type.toUpperCase() ? letters.toUpperCase() : letters;
}

/** a, b, ... z, aa, ab. */
function alphabetic(number: number): string {
  const rest = (number - 1) % 26;
  const sign = String.fromCharCode(97 + rest);
  return number > 26 ? alphabetic((number - 1 - rest) / 26) + sign : sign;
}

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
];

function roman(number: number): string {
  let rest = number;
  let written = '';
  for (const [value, sign] of ROMAN) {
    written += sign.repeat(Math.floor(rest / value));
    rest %= value;
  }
  return written;
}
