/** What is wrong with the text of a segment, and where. */
import { Refused } from '../errors.ts';

/** A piece of the text, as UTF-16 offsets. */
export interface Span {
  from: number;
  to: number;
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** `Refused('bad-segment')` that shows the text with a mark below the place. `hint` says what to write instead. */
export function segmentFault(text: string, { from, to }: Span, what: string, hint?: string): Refused {
  const before = text
    .slice(0, from)
    .replace(WIDE, '\u3000')
    .replace(/[^\u3000]/g, ' ');
  const mark = '^'.repeat(Math.max(1, Math.min(to, text.length) - from));
  const lines = [
    `the segment cannot be read: ${what} (character ${from + 1})`,
    `  ${text.replace(/\s/g, ' ')}`,
    `  ${before}${mark}`,
    ...(hint === undefined ? [] : [hint]),
  ];
  return new Refused('bad-segment', lines.join('\n'));
}
