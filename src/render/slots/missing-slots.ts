/** Counts the readers for whom an edition's slots stay empty, and finds what they read instead. */
import type { Edition, Reader } from '../edition/edition.ts';
import { pathSource } from './handlebars-source.ts';
import { slotParts } from './slot-paths.ts';

export interface SlotReport {
  /** e.g. `reader.name`, `reader.attributes.city` */
  slot: string;
  /** Readers without a value. */
  missing: number;
  /** What they read instead; null if there is no fallback. */
  fallback: string | null;
  /** The edition checks first whether there is a value (`{{#if reader.name}}`). */
  guarded: boolean;
}

const FIELDS = ['name', 'language'] as const;

export class MissingSlots {
  readonly #slots: (SlotReport & { value(reader: Reader): string | null | undefined })[];

  constructor(edition: Edition) {
    const source = [edition.subject, edition.html, edition.text].join('\n');
    this.#slots = edition.slots.flatMap((slot) => {
      const value = readerValue(slot);
      return value ? [{ slot, missing: 0, ...insteadOf(source, slot), value }] : [];
    });
  }

  count(reader: Reader): void {
    for (const slot of this.#slots) if (!slot.value(reader)) slot.missing += 1;
  }

  report(): SlotReport[] {
    return this.#slots.map(({ slot, missing, fallback, guarded }) => ({ slot, missing, fallback, guarded }));
  }
}

/** Null for links and the address: nobody lacks them. */
function readerValue(slot: string): ((reader: Reader) => string | null | undefined) | null {
  const attribute = /^reader\.attributes\.(.+)$/.exec(slot)?.[1];
  if (attribute !== undefined)
    return ({ attributes }) => (Object.hasOwn(attributes, attribute) ? attributes[attribute] : null);
  const field = FIELDS.find((name) => slot === `reader.${name}`);
  return field ? (reader) => reader[field] : null;
}

/** Slots are written with `default` for a fallback, and with `if` or `unless` around what needs them. */
function insteadOf(source: string, slot: string): { fallback: string | null; guarded: boolean } {
  const path = pathSource(slotParts(slot)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const fallback = new RegExp(`\\{\\{~?default ${path} "((?:[^"\\\\]|\\\\.)*)"`).exec(source)?.[1];
  return {
    fallback: fallback ?? null,
    guarded: new RegExp(`\\{\\{~?#(?:if|unless) ${path}(?=[\\s~}])`).test(source),
  };
}
