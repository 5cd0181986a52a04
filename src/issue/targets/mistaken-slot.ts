/** Tells mistaken slots (`{{first_name}}`) from template code of a site (`{{ site.title }}`). */
import { splitSlots } from '../document/slot-syntax.ts';

const SLOT_LIKE =
  /(?<!\{)\{\{\s*([\p{L}_][\p{L}\p{N}\p{M}_ .-]{0,60}?)(?:\s*\|[^{}]{0,200}|\s*["“'][^{}]{0,200})?\s*\}\}(?!\})/gu;
const OF_SITES =
  /^(?:site|page|post|config|theme|layout|include|section|forloop|content|data|params?)(?:\.|$)/i;

/** The first text that looks like a slot but is not one, or null. */
export function mistakenSlot(text: string): string | null {
  const rest = splitSlots(text)
    .filter((part) => typeof part === 'string')
    .join('\n');
  for (const [found, name = ''] of rest.matchAll(SLOT_LIKE)) if (!OF_SITES.test(name)) return found;
  return null;
}

export const unknownSlotText = (found: string): string =>
  `${found} is not a slot; there are {{name}}, {{email}} and {{reader.attributes.NAME}}; to print it as written, mark it as \`code\``;
