/** Reads a mail's head out of its raw source. Never throws, whatever the mail is: it is for looking at. */
import libmime from 'libmime';

/** Octets of the head that are read; no honest mail comes near. */
export const HEAD_BYTES = 64 * 1024;
/** Longest decoded value shown, in characters. */
const VALUE_LENGTH = 4_000;

export interface Header {
  name: string;
  /** Unfolded (RFC 5322 2.2.3), not decoded. */
  value: string;
}

/** The head's fields in their order. Lines that are no field are left out. */
export function parseHeaders(source: Buffer): Header[] {
  const text = source.subarray(0, HEAD_BYTES).toString('utf8');
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

/** The first field of that name, not decoded; empty when there is none. */
export function headerValue(headers: readonly Header[], name: string): string {
  return headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
}

/** A value as people read it: encoded words decoded (RFC 2047), no control characters, cut where it gets absurd. */
export function displayText(value: string, length = VALUE_LENGTH): string {
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
