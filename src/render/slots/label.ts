/** Labels: words of one line that a template or the text part prints, with the slots that an editor wrote in them. */
import { splitSlots } from '../../issue/document/slot-syntax.ts';

/** Prints the marker of a slot (`slotMarker`). `use` says for what: words by default. */
export type PrintSlot = (path: string, fallback?: string, use?: SlotUse) => string;

/** `words` as they are; `part` of an address, percent-encoded; `address`: the whole of one. */
export type SlotUse = 'words' | 'part' | 'address';

/** `Hello {{name}}` with the slot's marker in place of what was written. */
export const filledLabel = (slot: PrintSlot, label: string): string =>
  label.includes('{{')
    ? splitSlots(label)
        .map((part) => (typeof part === 'string' ? part : slot(part.path, part.fallback)))
        .join('')
    : label;
