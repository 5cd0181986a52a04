/** The returned mail inside a report, and which words before it are the report's own. */
import { decodeBody } from '../mail/decode.ts';
import { type Headers, readHead } from '../mail/headers.ts';
import { type Mail, type Part, textOf } from '../mail/parts.ts';

const MAX_RETURNED_BYTES = 64 * 1024;
const RETURNED =
  /^(message\/(rfc822|global|partial|external-body|rfc822-headers|global-headers)|text\/rfc822-headers)$/;
const READABLE = /^text\/(plain|html)$/;

/** `--- Below this line is a copy of the message.`, `Original message follows.`, and the like in a line of their own. */
const MARKER =
  /^(?:below this line is a copy|this is a copy of (?:your|the)|(?:the )?(?:text|copy|headers?|body) of (?:the|your) (?:original |returned |undelivered )?message|(?:the )?header of the original message|original (?:e-?)?mail(?: |:|$)|(?:start of |copy of )?(?:original|returned|unsent|rejected|undelivered) message(?! was)|message (?:text|headers?) follows|(?:your |the )?(?:original |unsent )?message (?:headers? )?follows|included is a copy of|begin message|message contents?:?\s*$|below is a copy of|(?:a copy of )?(?:your|the) (?:original )?message (?:header )?(?:is |was )?(?:below|attached|included)|received message|original nachricht|urspr(?:ü|ue)ngliche nachricht|message d'origine|mensaje original|原始邮件|原邮件内容|元のメール|исходное сообщение)/iu;
const DECORATION = /^[\s>|*=_-]+/;
const TRACE = /^\s{0,8}(received: |return-path: ?<)/i;
const HEADER_LINE = /^[A-Za-z][A-Za-z-]{1,40}: ?\S/;
const TELLING_HEADER = /^(from|subject|message-id|date|to|mime-version): ?\S/i;

export interface Returned {
  /** Empty where the report holds none of it. */
  headers: Headers;
  /** From its header on, at most 64 KB. */
  text: string;
}

/** The report's own words; the returned mail is cut off. */
export function ownText(mail: Mail): string {
  const readable = mail.parts.filter(({ type }) => READABLE.test(type));
  const plain = readable.filter(({ type }) => type === 'text/plain');
  const texts = (plain.some(hasWords) ? plain : readable).slice(0, 5).map(textOf);
  return splitAtReturned(texts.join('\n')).own;
}

const hasWords = (part: Part): boolean => part.body.trim() !== '';

/** The returned mail, wherever it stands. */
export function readReturned(mail: Mail): Returned {
  const part = mail.parts.find(({ type }) => RETURNED.test(type));
  const found = part ? decodeBody(part.headers, part.body, MAX_RETURNED_BYTES) : textAfterMarker(mail);
  const text = found.replace(/^\s+/, '');
  return { headers: readHead(text, 0, text.length).headers, text };
}

function textAfterMarker(mail: Mail): string {
  for (const part of mail.parts.filter(({ type }) => READABLE.test(type)).slice(0, 5)) {
    const { returned } = splitAtReturned(textOf(part));
    if (returned !== '') return returned;
  }
  return '';
}

/** Splits a text where the returned mail starts: at a line that announces it, or at its header. */
function splitAtReturned(text: string): { own: string; returned: string } {
  const lines = text.split('\n');
  const at = lines.findIndex(
    (line, index) => MARKER.test(line.slice(0, 200).replace(DECORATION, '')) || startsHeader(lines, index),
  );
  if (at < 0) return { own: text, returned: '' };
  const header = lines.findIndex((_, index) => index >= at && startsHeader(lines, index));
  return {
    own: lines.slice(0, at).join('\n'),
    returned: header < 0 ? '' : lines.slice(header).join('\n'),
  };
}

/** Two fields in a row, one of them of a mail; a single trace field is enough. */
function startsHeader(lines: readonly string[], at: number): boolean {
  const line = lines[at]!;
  if (TRACE.test(line)) return true;
  if (!HEADER_LINE.test(line)) return false;
  const block = lines.slice(at, at + 6);
  const end = block.findIndex((next) => !HEADER_LINE.test(next) && !/^[ \t]+\S/.test(next));
  const fields = (end < 0 ? block : block.slice(0, end)).filter((next) => TELLING_HEADER.test(next));
  return fields.length >= 3;
}
