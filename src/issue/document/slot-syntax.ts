/**
 * Slots in an issue's text: `{{name}}`, `{{email}}`, `{{reader.attributes.city}}`, `{{link.unsubscribe}}`, each with an
 * optional fallback: `{{name | friend}}`, `{{name "friend"}}`, `{{name default="friend"}}`. An attribute is written
 * under its own name, spaces, dots and letters of any script included: `{{reader.attributes.First Name | you}}`. Every
 * other `{{...}}` is literal text.
 */

export interface SlotUse {
  /** As the edition knows it, e.g. `reader.name`. */
  path: string;
  fallback?: string;
}

const SHORT: Readonly<Record<string, string>> = {
  name: 'reader.name',
  email: 'reader.email',
  language: 'reader.language',
};
const DECLARED =
  /^(?:reader\.(?:name|email|language|attributes\.[\p{L}_][\p{L}\p{N}\p{M}_ .-]{0,63})|link\.(?:view|unsubscribe|preferences))$/u;
const USE =
  /(?<!\{)\{\{\s*(reader\.attributes\.[\p{L}_][\p{L}\p{N}\p{M}_ .-]{0,63}?|[\w.-]{1,100})\s*(?:\|\s*([^{}]{0,200}?)|(?:default\s*=\s*)?["“']([^{}"“”']{0,200})["”'])?\s*\}\}(?!\})/gu;

/** Splits a text into strings and slots. */
export function splitSlots(text: string): (string | SlotUse)[] {
  const parts: (string | SlotUse)[] = [];
  let from = 0;
  for (const match of text.matchAll(USE)) {
    const use = slotUse(match);
    if (!use) continue;
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push(use);
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function slotUse([, name = '', piped, quoted]: RegExpMatchArray): SlotUse | null {
  const path = SHORT[name] ?? name.normalize('NFC');
  if (!DECLARED.test(path)) return null;
  const fallback = (piped ?? quoted)?.trim().replace(/^["“'](.*)["”']$/, '$1');
  return fallback === undefined || fallback === '' ? { path } : { path, fallback };
}

/** A slot as an editor writes it. */
export const writtenSlot = ({ path, fallback }: SlotUse): string =>
  fallback === undefined ? `{{${path}}}` : `{{${path} | ${fallback}}}`;
