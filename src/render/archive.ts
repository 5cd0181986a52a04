/** The page of an issue in the archive: its edition as nobody in particular reads it. */
import type { Edition } from './edition/edition.ts';
import { compileFill } from './slots/fill.ts';

/** The edition's HTML with reader slots at their fallback, and without personal links. */
export function archivePage(edition: Edition): string {
  const html = compileFill(edition.page ?? edition.html, 'html')({ reader: {}, link: {} });
  return html.replace(/<a\b[^>]*\bhref=""[^>]*>([\s\S]*?)<\/a>/g, '$1');
}
