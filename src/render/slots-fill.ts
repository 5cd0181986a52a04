/** Phase two, plain: a slot-only template filled for one reader. Messages have a faster way (`message.ts`). */
import type { Links, Reader } from './edition.ts';
import { createHandlebars, knownHelpers } from './slots-helpers.ts';

/** What slots see. A missing value prints nothing, or its fallback. */
export interface SlotValues {
  reader: Partial<Reader>;
  link: Links;
}

const handlebars = createHandlebars();

/**
 * Compiles `edition.html` (kind `html`: values are escaped), or `edition.text` and `edition.subject` (kind `text`).
 * Inherited properties of values cannot be read, only known helpers be called.
 */
export function compileFill(template: string, kind: 'html' | 'text'): (values: SlotValues) => string {
  return handlebars.compile(template, {
    knownHelpers: { ...knownHelpers },
    knownHelpersOnly: true,
    noEscape: kind === 'text',
  });
}
