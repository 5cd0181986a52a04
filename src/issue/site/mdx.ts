/**
 * Reads MDX and Astro: `import` and `export` lines are dropped; components (`<Card>`) and expressions (`{x}`) are
 * errors, since only the site can run them.
 */

import { blankOut } from './blank-out.ts';
import type { Rewrite } from './prose.ts';
import type { SiteText } from './site-text.ts';

const IMPORT = /^import\s+(?:[\w$*{][\w$*{},\s]*\s+from\s+)?["'][^"'\n]+["'];?\s*$/;
const EXPORT = /^export\s+(?:const|let|var|function|async|class|default|\*|\{)/;
const EXPRESSION = /\{(?!\{)[^{}\n]{1,300}\}/y;
const COMPONENT = /<\/?[A-Z][\w.]*(?:"[^"]*"|'[^']*'|\{[^{}]*\}|[^"'{}<>])*>/y;

/** In a plain Markdown file, only an import above all text is certainly not prose. */
export const isModuleLine = (line: string, isMdx: boolean): boolean =>
  IMPORT.test(line) || (EXPORT.test(line) && (isMdx || /[;{]\s*$/.test(line)));

export const readExpression = (site: SiteText, at: number): Rewrite | null => unknown(site, at, EXPRESSION);
export const readComponent = (site: SiteText, at: number): Rewrite | null => unknown(site, at, COMPONENT);

function unknown(site: SiteText, at: number, pattern: RegExp): Rewrite | null {
  pattern.lastIndex = at;
  const [whole] = pattern.exec(site.text) ?? [];
  if (whole === undefined) return null;
  site.unknown(at, whole);
  return { end: at + whole.length, text: blankOut(whole) };
}
