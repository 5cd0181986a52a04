/** Addresses as reports write them. */

const MAX_ADDRESS_CHARS = 320;
/** Deliberately loose: reports name whatever stood in the envelope. A quoted local part may hold anything. */
const ADDRESS =
  /"[^"\s@]{1,64}"@[\p{L}\p{N}.[\]:_-]{1,255}|[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,200}@(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,253}[\p{L}\p{N}])?|\[[\da-f.:]{3,60}\])/giu;

/** Every address in a text, in order, repeats included. */
export function addressesIn(text: string): string[] {
  return Array.from(text.slice(0, 100_000).matchAll(ADDRESS), ([found]) => clean(found));
}

export const firstAddress = (text: string): string | null => addressesIn(text)[0] ?? null;

/** Chinese and Japanese put no spaces around an address: `发送到ann@example.net失败`. */
const SENTENCE_BEFORE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+(?=[\w.+-]+@)/u;
const SENTENCE_BEHIND =
  /(?<=@[a-z\d.-]{1,250}\.[a-z]{2,24})[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー].*$/iu;

/** Words that stick to an address: `RCPT TO=ann@example.org`, `'ann@example.org'`, `-> ann@example.org`. */
const clean = (address: string): string =>
  address
    .replace(/^(?:mailto:|rcpt=|to=|t=|[`'.=/-]+(?=[\p{L}\p{N}_]))/iu, '')
    .replace(/[.'-]+$/, '')
    .replace(SENTENCE_BEFORE, '')
    .replace(SENTENCE_BEHIND, '')
    .slice(0, MAX_ADDRESS_CHARS);

/**
 * The address of `Final-Recipient` and `Original-Recipient`: `rfc822; ann@example.org`, `utf-8; \x{E4}nn@example.org`
 * (RFC 6533), `rfc822; ann+40example.org` (xtext, RFC 3461); null where it names none, as `x400;` and `local;` may.
 */
export function typedAddress(value: string): string | null {
  const [, type = '', rest = ''] = /^\s*(?:([\w-]{1,20})\s*;)?\s*(.*)$/s.exec(value) ?? [];
  const text = type.toLowerCase() === 'utf-8' ? fromUtf8Encoding(rest) : rest;
  return firstAddress(text) ?? firstAddress(fromXtext(text));
}

/** `+2B` is `+`. Read only where the plain text is no address, since `ann+ab@example.org` is one. */
const fromXtext = (text: string): string =>
  text.replace(/\+([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const fromUtf8Encoding = (text: string): string =>
  text.replace(/\\x\{([\da-f]{2,6})\}/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** Do two spellings mean one mailbox? Reports change case. */
export const sameAddress = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one.toLowerCase() === other.toLowerCase();
