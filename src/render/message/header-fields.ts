/** Header fields: values checked, encoded (RFC 2047) and folded (RFC 5322 2.2.3). Every field ends in CRLF. */
import { domainToASCII } from 'node:url';
import libmime from 'libmime';
import { Refused } from '../../errors.ts';
import type { Mailbox } from '../edition/edition.ts';

const MAX_LINE = 76;
/** Leaves room for the field's name before the first encoded word. */
const MAX_WORD = 60;
const PRINTABLE = /^[ -~]*$/;
/** RFC 5322 3.2.3, with spaces between atoms. */
const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/;
/** Allows letters outside ASCII, but no invisible characters. */
const LOCAL_PART = /^(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]|(?![\p{C}\p{Z}])[\u{80}-\u{10FFFF}])+$/u;
/** What may be passed to `domainToASCII`, which accepts more than mail does (`%` escapes, line ends). */
const DOMAIN = /^(?:[A-Za-z0-9.-]|(?![\p{C}\p{Z}])[\u{80}-\u{10FFFF}])+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * One field, folded at spaces to lines of at most 76 characters where its spaces allow. The value always begins on the
 * field's first line: a field folded right after its colon is valid (RFC 5322 2.2.3), but several mail readers take it
 * for empty.
 */
export function field(name: string, value: string): string {
  if (value === '') return `${name}:\r\n`;
  if (name.length + 2 + value.length <= MAX_LINE) return `${name}: ${value}\r\n`;
  let folded = `${name}:`;
  let column = folded.length;
  for (const token of value.split(' ')) {
    const fits = column === name.length + 1 || column + 1 + token.length <= MAX_LINE;
    folded += fits ? ` ${token}` : `\r\n ${token}`;
    column = fits ? column + 1 + token.length : 1 + token.length;
  }
  return `${folded}\r\n`;
}

/** Free text such as a subject: unchanged where that is safe, else as encoded words that split no character. */
export function unstructured(text: string): string {
  return needsWords(text) ? encodedWords(text) : text;
}

/** A display name: bare, quoted, or as encoded words. */
export function phrase(name: string): string {
  if (needsWords(name)) return encodedWords(name);
  return ATOMS.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** `Name <address>`, the address checked. */
export function mailbox({ name, address }: Mailbox): string {
  const checked = addrSpec(address);
  return name === '' ? checked : `${phrase(name)} <${checked}>`;
}

/**
 * Exactly one address. A domain outside ASCII becomes its A-label; a local part outside ASCII stays as it is
 * (RFC 6532) and needs a relay with SMTPUTF8. Throws Refused('bad-address') with a message that omits the address.
 */
function addrSpec(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || !LOCAL_PART.test(local))
    throw new Refused('bad-address', 'expected exactly one plain address');
  if (Buffer.byteLength(local) > 64)
    throw new Refused('bad-address', 'the part before the @ is over 64 octets');
  return `${local}@${domainName(address.slice(at + 1))}`;
}

function domainName(given: string): string {
  const domain = PRINTABLE.test(given) || !DOMAIN.test(given) ? given : domainToASCII(given);
  if (domain.length <= 255 && domain.split('.').every((label) => LABEL.test(label))) return domain;
  throw new Refused('bad-address', 'the part after the @ is not a domain name');
}

/** A value made of one printable ASCII token (ids, URLs), at most `max` octets. Throws Refused('bad-header'). */
export function token(name: string, value: string, max: number): string {
  if (!/^[!-~]+$/.test(value)) throw badHeader(name, 'expected printable ASCII without spaces');
  if (value.length > max) throw badHeader(name, `expected at most ${max} octets, got ${value.length}`);
  return value;
}

const MAX_URL = 900;
const URL_CHARACTERS = /^https?:\/\/[^\0- "<>\\^`{|}\x7F-\uFFFF]+$/i;

/** An absolute http(s) URL, at most 900 octets so that it fits on one line anywhere. */
export function url(name: string, value: string): string {
  if (!URL_CHARACTERS.test(value)) throw badHeader(name, 'expected an absolute http(s) URL in ASCII');
  if (value.length > MAX_URL)
    throw badHeader(name, `expected a URL of at most ${MAX_URL} octets, got ${value.length}`);
  return value;
}

/** Text without control characters. Throws Refused('bad-header'). */
export function printable(name: string, value: string): string {
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) throw badHeader(name, 'it contains a control character');
  return value;
}

export function badHeader(name: string, why: string): Refused {
  return new Refused('bad-header', `header ${name}: ${why}`);
}

/** Spaces that folding would change, something like an encoded word, a word too long to fold, or non-ASCII text. */
function needsWords(text: string): boolean {
  return !PRINTABLE.test(text) || /^ | $| {2}|=\?/.test(text) || /[^ ]{61}/.test(text);
}

/** `Q` where most characters are ASCII, else `B`. */
function encodedWords(text: string): string {
  const sound = Buffer.from(text).toString();
  const foreign = sound.replace(/[ -~]+/g, '').length;
  return libmime.encodeWord(sound, foreign * 3 > sound.length ? 'B' : 'Q', MAX_WORD);
}
