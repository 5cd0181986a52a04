/** The numbers in brackets that an issue itself uses: references to its footnotes, and those written by hand. */
import type { Block } from '../../issue/document/document.ts';

const NUMBER = /(?<![\w\]])\[(\d{1,4})\]/g;

/** Numbers in code do not count. */
export function takenNumbers(blocks: readonly Block[]): ReadonlySet<number> {
  const taken = new Set<number>();
  const look = (text: string): void => {
    if (text.includes('[')) for (const [, number] of text.matchAll(NUMBER)) taken.add(Number(number));
  };
  const visit = (value: unknown): void => {
    if (typeof value === 'string') look(value);
    else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null && !isCode(value))
      for (const part of Object.values(value)) visit(part);
  };
  visit(blocks);
  return taken;
}

const isCode = (value: object): boolean =>
  ('kind' in value && value.kind === 'code') ||
  ('tagName' in value && (value.tagName === 'code' || value.tagName === 'pre'));
