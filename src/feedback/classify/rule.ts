/** The shape of a rule: words that a server says, and what they mean for the address. */
import type { FeedbackClass } from '../report.ts';

export interface Verdict {
  class: FeedbackClass;
  /** In hyphenated words: `user-unknown`. */
  reason: string;
}

export interface Rule extends Verdict {
  /**
   * Matched against the reply on one line, in which every address is `x@y`: `550 5.1.1 <x@y>: User unknown`. It must run
   * in linear time: no repetition inside a repetition.
   */
  pattern: RegExp;
}

/** `rows` in the order in which they are asked; the first that matches decides. A row has one pattern or several. */
export const rules = (
  feedbackClass: FeedbackClass,
  rows: readonly (readonly [reason: string, ...patterns: RegExp[]])[],
): readonly Rule[] =>
  rows.map(([reason, ...patterns]) => ({ class: feedbackClass, reason, pattern: anyOf(patterns) }));

/**
 * As one, which is faster than one after the other. They share their flags. Used twice at once, since V8 compiles a
 * pattern at its first two uses: that takes longer than a mail may, so no mail should wait for it.
 */
function anyOf(patterns: readonly RegExp[]): RegExp {
  const pattern = new RegExp(patterns.map(({ source }) => source).join('|'), patterns[0]?.flags);
  pattern.test(' ');
  pattern.test(' ');
  return pattern;
}
