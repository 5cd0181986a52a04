/** Slot values in addresses: whatever a value contains, the scheme and host of the link stay the author's. */

/**
 * A value as a part of an address (RFC 3986 2): everything except letters, digits, `-`, `.`, `_` and `~` is
 * percent-encoded, so that it can neither end a path or a query nor begin another part.
 */
export function urlPart(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /^[\w.~-]*$/.test(text)
    ? text
    : encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[!'()*]/g, hex);
}

const hex = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;

/** The first value that is an absolute web address, as browsers write it; '' if none is. */
export function webUrl(...values: unknown[]): string {
  for (const value of values) {
    if (typeof value !== 'string' || !/^https?:\/\/[^/\\\s]/i.test(value) || !URL.canParse(value)) continue;
    const { href, username, password } = new URL(value);
    if (username === '' && password === '' && href.length <= MAX_URL_CHARACTERS) return href;
  }
  return '';
}

const MAX_URL_CHARACTERS = 2_000;
