/**
 * HTML from a tagged template that escapes everything except what the same template made. Mails come from anywhere, so
 * there is no other way in: no raw(), no trusted strings.
 */
import { escapeHtml } from '../render/escape.ts';

/** A piece of HTML that `html` made. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may be interpolated; null, undefined and false give nothing. */
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
