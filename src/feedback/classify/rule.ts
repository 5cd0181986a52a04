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

/** `rows` in the order in which they are asked; the first that matches decides. */
export const rules = (
  feedbackClass: FeedbackClass,
  rows: readonly (readonly [reason: string, pattern: RegExp])[],
): readonly Rule[] => rows.map(([reason, pattern]) => ({ class: feedbackClass, reason, pattern }));
