/** What an editor or a file says about a person, checked the same way for `subscriber add` and imports. */
import { readAddress } from '../../consent/identity.ts';
import { Refused } from '../../errors.ts';
import { readLanguage } from '../fields/language.ts';
import { readTimeZone } from '../fields/time-zone.ts';
import type { History } from './history.ts';

export interface Person {
  identity: string;
  /** As given. */
  email: string;
  /** Null: not given; what is known stays. */
  name: string | null;
  language: string | null;
  /** An IANA name. */
  timezone: string | null;
  /** Only those with a value. */
  attributes: Readonly<Record<string, string>>;
  /** Lower case; they are added to those that are known. */
  tags: readonly string[];
  /** What a file proves about them; null: nothing. */
  history: History | null;
}

export interface PersonTexts {
  email: string;
  name?: string;
  language?: string;
  timezone?: string;
  attributes?: readonly (readonly [name: string, value: string])[];
  tags?: readonly string[];
}

const MAX_NAME_CHARS = 200;
const MAX_VALUE_CHARS = 1_000;
/** Rows must stay small, with a million people. */
const MAX_ATTRIBUTES = 250;
const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});
/** Control characters except line feed and tab, lone surrogates, and characters that reorder the text around them. */
const HOSTILE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\p{Cs}]/u;

/** Throws Refused, never naming the address. */
export function readPerson(texts: PersonTexts): Person {
  const { email, identity } = readAddress(texts.email);
  return {
    identity,
    email,
    name: readName(texts.name),
    language: texts.language ? readLanguage(texts.language) : null,
    timezone: texts.timezone ? readTimeZone(texts.timezone) : null,
    attributes: readAttributes(texts.attributes),
    tags: texts.tags ?? [],
    history: null,
  };
}

/** On one line: runs of spaces and line breaks become one space. */
function readName(text: string | undefined): string | null {
  if (!text) return null;
  const name = plain('name', text).replace(/\s+/g, ' ').trim();
  if (name.length > MAX_NAME_CHARS)
    throw new Refused(
      'bad-name',
      `name: expected at most ${MAX_NAME_CHARS} characters, found ${name.length}`,
    );
  return name || null;
}

function readAttributes(pairs: PersonTexts['attributes']): Readonly<Record<string, string>> {
  if (!pairs || pairs.length === 0) return NO_ATTRIBUTES;
  const given = pairs.filter(([, value]) => value !== '');
  if (given.length > MAX_ATTRIBUTES)
    throw new Refused(
      'bad-attribute',
      `expected at most ${MAX_ATTRIBUTES} attributes, found ${given.length}`,
    );
  return Object.fromEntries(given.map(([name, value]) => [name, readValue(name, value)]));
}

function readValue(name: string, text: string): string {
  const value = plain(name, text.trim());
  if (value.length <= MAX_VALUE_CHARS) return value;
  throw new Refused(
    'bad-attribute',
    `${name}: expected at most ${MAX_VALUE_CHARS} characters, found ${value.length}`,
  );
}

function plain(name: string, text: string): string {
  if (!HOSTILE.test(text)) return text;
  throw new Refused('bad-text', `${name}: expected text, found a control character`);
}
