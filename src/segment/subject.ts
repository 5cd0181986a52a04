/** Reads what a condition of a segment is about: a field of every reader, or an attribute. */
import { FIELDS, type Field, type Subject, type Word } from './expression.ts';
import { described, type Parser } from './parser.ts';
import type { Token } from './tokens.ts';

/** Precedes an attribute whose name would mean something else, as in exported files. */
const ATTRIBUTE = 'attribute:';
const ALIASES: Readonly<Record<string, Field>> = {
  tags: 'tag',
  tagged: 'tag',
  lang: 'language',
  address: 'email',
};

/** `value` is the word after the colon of `language:de`. */
export function readSubject(parser: Parser): { subject: Subject; value: Word | null } {
  const token = parser.take();
  if (token.kind !== 'word' && token.kind !== 'quoted')
    throw parser.fault(
      `expected an attribute, a tag or another condition, found ${described(token)}`,
      'for example: city = Berlin, tag vip, language = de, confirmed since 2026-01-01, got ISSUE',
      token,
    );
  if (token.kind === 'quoted') return { subject: attribute(token.text, token), value: null };
  if (token.text.toLowerCase().startsWith(ATTRIBUTE)) return readPrefixed(parser, token);
  const colon = token.text.indexOf(':');
  if (colon <= 0) return { subject: plain(token.text, token), value: null };
  const subject = plain(token.text.slice(0, colon), { from: token.from, to: token.from + colon });
  return { subject, value: afterColon(parser, token, colon) };
}

/** `attribute:state` or `attribute:"Opt in"`. */
function readPrefixed(parser: Parser, token: Token): { subject: Subject; value: null } {
  const name = token.text.slice(ATTRIBUTE.length);
  if (name !== '') return { subject: attribute(name, token), value: null };
  const quoted = parser.take();
  if (quoted.kind === 'quoted') return { subject: attribute(quoted.text, quoted), value: null };
  throw parser.fault(`expected the name of an attribute, found ${described(quoted)}`, undefined, quoted);
}

function afterColon(parser: Parser, token: Token, colon: number): Word {
  const rest = token.text.slice(colon + 1);
  if (rest !== '') return { text: rest.normalize('NFC'), from: token.from + colon + 1, to: token.to };
  const value = parser.take();
  if (value.kind === 'quoted' || value.kind === 'word')
    return { ...value, text: value.text.normalize('NFC') };
  throw parser.fault(`expected a value, found ${described(value)}`, undefined, value);
}

function plain(text: string, { from, to }: { from: number; to: number }): Subject {
  const word = text.toLowerCase();
  const field = FIELDS.find((one) => one === word) ?? ALIASES[word];
  return field ? { field, name: field, from, to } : attribute(text, { from, to });
}

const attribute = (name: string, { from, to }: { from: number; to: number }): Subject => ({
  field: 'attribute',
  name: name.normalize('NFC'),
  from,
  to,
});
