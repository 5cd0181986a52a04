/** Protects slots from the MJML compiler, which drops text between its layout tags. */
import type { SlotMarkers } from './slot-markers.ts';

/** Tags that contain layout. All others contain text or HTML, which MJML keeps. */
const LAYOUT =
  /^mj-(?:body|wrapper|section|column|group|hero|carousel|accordion|accordion-element|navbar|social)$/;
const TAGS = /<(\/?)([a-z][a-z0-9-]*)(?:[^>"']|"[^"]*"|'[^']*')*?(\/?)>/gi;

/**
 * A block helper on a slot may surround whole sections, columns or lines. Its markers there are put into `<mj-raw>`,
 * which MJML leaves in place.
 */
export function shieldSlots(slots: SlotMarkers, mjml: string): string {
  const open: string[] = [];
  let shielded = '';
  let at = 0;
  for (const tag of mjml.matchAll(TAGS)) {
    const text = mjml.slice(at, tag.index);
    shielded += LAYOUT.test(open.at(-1) ?? '') ? slots.wrap(text, '<mj-raw>', '</mj-raw>') : text;
    shielded += tag[0];
    at = tag.index + tag[0].length;
    follow(open, tag);
  }
  return shielded + mjml.slice(at);
}

function follow(open: string[], [, closing, name, selfClosed]: RegExpExecArray): void {
  if (!name!.startsWith('mj') || selfClosed) return;
  if (closing) open.pop();
  else open.push(name!);
}
