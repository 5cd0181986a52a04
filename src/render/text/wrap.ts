/** Lines for a plain-text mail, by display width: a Chinese, Japanese or Korean character takes two columns. */
import { eastAsianWidth } from 'get-east-asian-width';

/** The columns of a text mail: fits an 80-column window with room for two levels of quoting. */
export const COLUMNS = 72;

/** The columns that a text takes. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const sign of text) {
    if (!/\p{M}|\p{Cf}/u.test(sign)) width += eastAsianWidth(sign.codePointAt(0)!);
  }
  return width;
}

/**
 * Breaks each line of `text` at spaces and between wide characters; never inside a word or an address, never before a
 * closing mark (`，`) or after an opening one (`「`). A word that is too long gets a line of its own.
 */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns));
}

/** Puts `first` before the first line and `rest` (by default as many spaces) before the others. */
export function hang(
  lines: readonly string[],
  first: string,
  rest = ' '.repeat(displayWidth(first)),
): string[] {
  return lines.map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd());
}

/** Groups of lines with one empty line between them. */
export function spaced(blocks: readonly string[][]): string[] {
  return blocks
    .filter((lines) => lines.some((line) => line !== ''))
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** A title with a line of `sign` below it. */
export function underlined(text: string, sign: string): string[] {
  const lines = wrap(text, COLUMNS);
  return [...lines, sign.repeat(Math.max(...lines.map(displayWidth)))];
}

const WIDE = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]`;
const OPENING = '[（「『《〈【〔“‘]';
const CLOSING = '[，。、；：！？）」』》〉】〕”’…～ー・]';
const STARTS_CLOSING = new RegExp(`^${CLOSING}`, 'u');
/** A wide character with the marks that must stay with it, or a run of anything else, or white space. */
const PIECES = new RegExp(
  `${OPENING}*${WIDE}${CLOSING}*|\\s+|(?:(?!${WIDE}|\\s|${OPENING}+${WIDE})[^])+`,
  'gu',
);

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let current = '';
  let width = 0;
  for (const piece of line.match(PIECES) ?? []) {
    const more = displayWidth(piece);
    const over = piece.trim() !== '' && width + more > columns;
    if (width > 0 && over && !STARTS_CLOSING.test(piece)) {
      lines.push(current.trimEnd());
      [current, width] = ['', 0];
    }
    if (current === '' && !piece.trim()) continue;
    current += piece.trim() ? piece : ' ';
    width += piece.trim() ? more : 1;
  }
  return [...lines, current.trimEnd()];
}
