/** Reads fields out of JSON that somebody else wrote: what is missing or of another type is null, never an error. */
import { createHash } from 'node:crypto';
import { NotUnderstood } from './provider.ts';

export type Fields = Readonly<Record<string, unknown>>;

const MAX_TEXT_CHARS = 1_000;
/** A request with more events is split by its provider long before. */
const MAX_EVENTS = 5_000;

/** Throws NotUnderstood. */
export function parseJson(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new NotUnderstood('expected JSON', { cause });
  }
}

/** The objects of a list, or the one object. Throws NotUnderstood. */
export function objectsOf(value: unknown): Fields[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > MAX_EVENTS)
    throw new NotUnderstood(`expected at most ${MAX_EVENTS} events, got ${list.length}`);
  if (!list.every(isObject)) throw new NotUnderstood('expected an object, or a list of objects');
  return list;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object in a field; an empty one where there is none. */
export function objectIn(fields: Fields, name: string): Fields {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return isObject(value) ? value : {};
}

/** The objects of the list in a field. */
export function listIn(fields: Fields, name: string): Fields[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return Array.isArray(value) ? value.filter(isObject).slice(0, MAX_EVENTS) : [];
}

/** The texts of the list in a field. */
export function textsIn(fields: Fields, name: string): string[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, MAX_EVENTS) : [];
}

/** Text, or a number as text, on one line and not too long; null when it is empty or something else. */
export function textIn(fields: Fields, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const text = oneLine(String(value));
    if (text !== '') return text;
  }
  return null;
}

const oneLine = (text: string): string =>
  text
    .slice(0, MAX_TEXT_CHARS)
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029\s]+/gu, ' ')
    .trim();

/** A stand-in for the id that an event lacks: the same content is the same event. */
export const contentId = (fields: Fields): string =>
  createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
