/** Labels: one line of words that a template or the text part prints, with the slots an editor wrote in it. */
import { splitSlots } from '../../issue/document/slot-syntax.ts';

/** Returns the marker of a slot (`slotMarker`). `use` says what the slot stands for, by default words. */
export type PrintSlot = (path: string, fallback?: string, use?: SlotUse) => string;

/** `words`; `part` of an address, which is percent-encoded; or a whole `address`. */
export type SlotUse = 'words' | 'part' | 'address';

/** `Hello {{name}}` with the slot's marker in place of `{{name}}`. */
export const filledLabel = (slot: PrintSlot, label: string): string =>
  label.includes('{{')
    ? splitSlots(label)
        .map((part) => (typeof part === 'string' ? part : slot(part.path, part.fallback)))
        .join('')
    : label;
