/** An issue's page in the archive: its edition, for no particular reader. */
import type { Edition } from './edition/edition.ts';
import { compileFill } from './slots/fill.ts';

/** The edition's HTML with fallbacks in place of reader slots, and without personal links. */
export function archivePage(edition: Edition): string {
  const html = compileFill(edition.page ?? edition.html, 'html')({ reader: {}, link: {} });
  return html.replace(/<a\b[^>]*\bhref=""[^>]*>([\s\S]*?)<\/a>/g, '$1');
}
