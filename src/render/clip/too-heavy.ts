/** Rendering is bounded by what it is given: the time it takes grows with these counts, and with some of them faster. */
import { Refused } from '../../errors.ts';
import type { Document } from '../../issue/document/document.ts';

/** Twenty times what the longest weekly has; some seconds of work. */
const MOST_ELEMENTS = 40_000;
/** The CSS inliner looks at all pairs of double braces for each of them. */
const MOST_BRACES = 2_000;

/** Throws Refused('issue-too-heavy') for what would keep the renderer busy for more than a few seconds. */
export function refuseTooHeavy(document: Document): void {
  const json = JSON.stringify(document.blocks);
  const elements = occurrences(json, '"type":"element"') + occurrences(json, '"kind":');
  if (elements > MOST_ELEMENTS) throw tooHeavy(elements, 'elements', MOST_ELEMENTS);
  const braces = occurrences(json, '{{');
  if (braces > MOST_BRACES) throw tooHeavy(braces, 'pairs of braces {{', MOST_BRACES);
}

const occurrences = (text: string, piece: string): number => text.split(piece).length - 1;

const tooHeavy = (count: number, what: string, most: number): Refused =>
  new Refused(
    'issue-too-heavy',
    `the issue has ${count} ${what}, more than the ${most} that fit into one mail: split it in several issues`,
  );
