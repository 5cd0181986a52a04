/** Listings. */
import type { Element } from 'hast';
import { hangingLines } from './code-lines.ts';
import { highlight } from './highlight.ts';

/** A listing whose long lines wrap below their own indent and whose colours are classes. */
export function codeBlock(code: string, language: string | undefined): Element {
  return {
    type: 'element',
    tagName: 'pre',
    properties: {},
    children: hangingLines(highlight(code, language)),
  };
}
