/** Turns pieces of a Handlebars syntax tree back into source. */
import { Refused } from '../../errors.ts';

/** A value as a Handlebars literal: strings in double quotes; numbers, booleans, null and undefined bare. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return plainNumber(value);
  throw new Refused(
    'template',
    `a slot can be compared with a text, a number or true/false, not with ${kindOf(value)}`,
  );
}

/** A path as source; unusual names are put in brackets, e.g. `reader.attributes.[first name]`. */
export function pathSource(parts: readonly string[]): string {
  return parts.map(segment).join('.');
}

/** The only escape in a Handlebars string is `\"`, so a string cannot end in a backslash. */
function quote(text: string): string {
  if (text.endsWith('\\'))
    throw new Refused('template', `a text in a slot cannot end in a backslash: ${text}`);
  return `"${text.replaceAll('"', '\\"')}"`;
}

function plainNumber(value: number): string {
  const text = String(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? text : quote(text);
}

function segment(name: string): string {
  if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name) && !/^(?:this|as|true|false|null|undefined|else)$/.test(name))
    return name;
  if (/^[^[\]]+$/.test(name)) return `[${name}]`;
  throw new Refused('template', `a slot's name cannot contain brackets: ${name}`);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
