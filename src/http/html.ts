/**
 * HTML by a tagged template in which everything is escaped unless it was made by the same template. Mails come
 * from anywhere, so there is no other way in: no raw(), no string that is trusted.
 */
import { escapeHtml } from '../render/escape.ts';

/** A piece of HTML that `html` made. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a hole; null, undefined and false leave it empty. */
export type Hole = Html | string | number | null | undefined | false | readonly Hole[];

export function html(strings: TemplateStringsArray, ...holes: Hole[]): Html {
  return new Html(strings.reduce((text, piece, index) => text + fill(holes[index - 1]) + piece));
}

function fill(hole: Hole): string {
  if (hole === null || hole === undefined || hole === false) return '';
  if (hole instanceof Html) return hole.text;
  if (Array.isArray(hole)) return hole.map(fill).join('');
  return escapeHtml(String(hole));
}
