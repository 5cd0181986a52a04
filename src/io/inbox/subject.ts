/** Reads a mail's subject out of its raw source, for the inbox's list. Never throws, whatever the mail is. */
import libmime from 'libmime';

/** A header longer than this is not searched further. */
const HEADER_BYTES = 64 * 1024;
/** Longest subject kept, in characters. */
const SUBJECT_LENGTH = 500;

/** The decoded subject (RFC 2047), without control characters; empty when there is none. */
export function subjectOf(source: Buffer): string {
  const head = source.subarray(0, HEADER_BYTES).toString('utf8');
  const end = head.search(/\r?\n\r?\n/);
  const header = end === -1 ? head : head.slice(0, end);
  const found = /^subject:(.*(?:\r?\n[ \t].*)*)/im.exec(header);
  return found ? clean(decode(found[1]!.replace(/\r?\n/g, ''))) : '';
}

function decode(value: string): string {
  try {
    return libmime.decodeWords(value);
  } catch {
    return value;
  }
}

/** PostgreSQL's text takes no NUL, and a list's line wants no other control character. */
function clean(text: string): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return [...plain].slice(0, SUBJECT_LENGTH).join('');
}
