/** Limits the time that rendering takes: it grows with these counts, in part faster than linearly. */
import { Refused } from '../../errors.ts';
import type { Document } from '../../issue/document/document.ts';

/** Twenty times as many as in the longest weekly we know; this takes a few seconds. */
const MAX_ELEMENTS = 40_000;
/** The CSS inliner goes through all pairs of double braces for each of them. */
const MAX_BRACES = 2_000;

/** Throws Refused('issue-too-heavy') for an issue that would take more than a few seconds to render. */
export function refuseTooHeavy(document: Document): void {
  const json = JSON.stringify(document.blocks);
  const elements = occurrences(json, '"type":"element"') + occurrences(json, '"kind":');
  if (elements > MAX_ELEMENTS) throw tooHeavy(elements, 'elements', MAX_ELEMENTS);
  const braces = occurrences(json, '{{');
  if (braces > MAX_BRACES) throw tooHeavy(braces, 'pairs of braces {{', MAX_BRACES);
}

const occurrences = (text: string, piece: string): number => text.split(piece).length - 1;

const tooHeavy = (count: number, what: string, max: number): Refused =>
  new Refused(
    'issue-too-heavy',
    `the issue has ${count} ${what}, but one mail can hold at most ${max}: split it into several issues`,
  );
