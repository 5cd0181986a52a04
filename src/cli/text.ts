/**
 * Text for people: numbers with their noun, and columns aligned in cells of a terminal, where a Chinese character
 * takes two.
 */
import { heading, stateStyled } from './style.ts';

/** `1 fault`, `2 faults`. */
export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;

/** One line per fact, with the values aligned. Line ends in a value become commas. A `state` is coloured. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([name]) => cellsOf(name)));
  const styled = (name: string, value: string) => (name === 'state' ? stateStyled(value) : value);
  return pairs
    .map(([name, value]) => `${padded(name, width)}  ${styled(name, value.replace(/\n/g, ', '))}`)
    .join('\n');
}

/** A column named `state` is coloured. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) =>
    Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(cellsOf)),
  );
  const states = head.indexOf('state');
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => {
          const styled = row === head ? heading(cell) : at === states ? stateStyled(cell) : cell;
          return padded(cell, widths[at] ?? 0, styled);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `styled` is the text with its style, which takes no cells. */
const padded = (text: string, width: number, styled = text): string =>
  styled + ' '.repeat(Math.max(0, width - cellsOf(text)));

/** East Asian wide and full-width forms, and most emoji, take two cells. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function cellsOf(text: string): number {
  let width = 0;
  for (const sign of text) width += /\p{Mn}/u.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1;
  return width;
}
