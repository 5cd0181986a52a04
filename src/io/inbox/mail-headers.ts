/** Parses the header of a raw mail for display. Never throws, however malformed the mail is. */
import libmime from 'libmime';

/** The rest of a longer header is ignored; no honest mail comes near it. */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_VALUE_CHARACTERS = 4_000;

export interface Header {
  name: string;
  /** Unfolded (RFC 5322 2.2.3), not decoded. */
  value: string;
}

/** The fields in order. Lines that are not a field are left out. */
export function parseHeaders(source: Buffer): Header[] {
  const text = source.subarray(0, MAX_HEADER_BYTES).toString('utf8');
  const end = text.search(/\r?\n\r?\n/);
  const head = end === -1 ? text : text.slice(0, end);
  return head
    .replace(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      const field = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line);
      return field ? [{ name: field[1]!, value: field[2]!.trim() }] : [];
    });
}

/** The value of the first field with that lower-case name, not decoded; empty when there is none. */
export function headerValue(headers: readonly Header[], name: string): string {
  return headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
}

/** A value as people read it: encoded words decoded (RFC 2047), control characters removed, cut when it is absurdly long. */
export function displayText(value: string, length = MAX_VALUE_CHARACTERS): string {
  const plain = decodeWords(value)
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim();
  return plain.length > length ? `${plain.slice(0, length)}…` : plain;
}

function decodeWords(value: string): string {
  try {
    return libmime.decodeWords(value);
  } catch {
    return value;
  }
}
