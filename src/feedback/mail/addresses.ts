/** Addresses as reports write them. */

const MAX_TEXT_CHARS = 100_000;
const MAX_SIGNS = 2_000;
const MAX_LOCAL_CHARS = 200;
const MAX_DOMAIN_CHARS = 255;
/** Deliberately loose: reports name whatever stood in the envelope. */
const LOCAL = /[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]/u;
const QUOTED_LOCAL = /"[^"\s@]{1,64}"$/;
const DOMAIN = /[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?|\[[\da-f.:]{3,60}\]/iuy;

/** Every address in a text, in order, repeats included. Found from its `@`, so that it takes linear time. */
export function addressesIn(text: string): string[] {
  const found: string[] = [];
  const end = Math.min(text.length, MAX_TEXT_CHARS);
  let signs = 0;
  for (let at = text.indexOf('@'); at >= 0 && at < end; at = text.indexOf('@', at + 1)) {
    if (++signs > MAX_SIGNS) break;
    const [local, domain] = [localBefore(text, at), domainBehind(text, at + 1)];
    if (local !== '' && domain !== '') found.push(clean(`${local}@${domain}`));
  }
  return found;
}

function localBefore(text: string, at: number): string {
  const quoted = text[at - 1] === '"' ? QUOTED_LOCAL.exec(text.slice(Math.max(0, at - 66), at)) : null;
  if (quoted) return quoted[0];
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL_CHARS && LOCAL.test(text[start - 1]!)) start -= 1;
  return text.slice(start, at);
}

function domainBehind(text: string, at: number): string {
  DOMAIN.lastIndex = 0;
  return DOMAIN.exec(text.slice(at, at + MAX_DOMAIN_CHARS))?.[0] ?? '';
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
    .replace(SENTENCE_BEHIND, '');

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
