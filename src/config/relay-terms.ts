/** Parses the terms of a relay: options of SMTP_URL and of `relay set`. */
import type { RelayTerms } from '../ports.ts';
import { BadValue } from './reader.ts';
import { oneOf, wholeNumber } from './values.ts';

const MAX_LIMIT = 1_000_000_000;
const limit = (what: string) => wholeNumber(`${what} (0: no limit)`, 0, MAX_LIMIT);

const readers: { readonly [Name in keyof RelayTerms]: (text: string) => RelayTerms[Name] } = {
  rate: (text) => {
    if (!/^\d{1,6}(\.\d{1,3})?$/.test(text))
      throw new BadValue(`expected messages per second, 0 for no limit, found "${text}"`);
    return Number(text);
  },
  minute: limit('messages per minute'),
  hour: limit('messages per hour'),
  day: limit('messages per day'),
  connections: limit('connections over all processes'),
  messages: limit('messages over one connection'),
  weight: wholeNumber('a weight', 1, 1_000),
  direct: (text) => oneOf(['yes', 'no'])(text) === 'yes',
};

export const termNames = Object.keys(readers) as (keyof RelayTerms)[];

/** One term, such as `{ hour: 500 }`. Throws BadValue. */
export function readTerm(name: keyof RelayTerms, text: string): Partial<RelayTerms> {
  return { [name]: readers[name](text) };
}
