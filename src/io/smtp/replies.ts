/** Parses SMTP replies from a socket: multi-line (RFC 5321 4.2.1), bounded, cleaned to what the ledger can store. */
import type { Reply } from '../../ports.ts';
import { withoutLinkTokens } from './link-tokens.ts';

/** A server that sends a longer reply is cut off. */
const MAX_REPLY_BYTES = 64 * 1024;
/** The rest of a reply's text is dropped. */
const MAX_TEXT_BYTES = 1_000;

/** Relays repeat themselves, so this many of their lines are cached per connection. */
const MAX_CACHED_LINES = 8;
const PRINTABLE = /^[ -~]*$/;
const CR = 13;

export class ReplyReader {
  #buffered = '';
  #lines: string[] = [];
  /** Bytes in `#lines`. */
  #held = 0;
  #cached = new Map<string, Reply>();

  /** Takes bytes and returns the replies that are now complete. Throws on anything that is not an SMTP reply. */
  push(chunk: Buffer): Reply[] {
    const text = this.#buffered + chunk.toString('latin1');
    const replies: Reply[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      let stop = end;
      // RFC 5321 2.3.8 wants one CR; gateways that turn LF into CRLF once too often send two.
      while (stop > start && text.charCodeAt(stop - 1) === CR) stop -= 1;
      const reply = this.#line(text.slice(start, stop));
      if (reply) replies.push(reply);
      start = end + 1;
    }
    this.#buffered = text.slice(start);
    if (this.#buffered.length + this.#held > MAX_REPLY_BYTES)
      throw new Error('the relay sent an endless reply');
    return replies;
  }

  #line(line: string): Reply | null {
    const first = this.#lines.length === 0;
    const known = first ? this.#cached.get(line) : undefined;
    if (known) return known;
    const match = /^([2-5]\d\d)([ -]?)(.*)$/.exec(line);
    if (!match)
      throw new Error(`expected an SMTP reply, the relay sent ${JSON.stringify(clean(line).slice(0, 80))}`);
    this.#lines.push(match[3]!);
    this.#held += line.length;
    if (match[2] === '-') return null;
    const reply = toReply(Number(match[1]), this.#lines.join('\n'));
    this.#lines = [];
    this.#held = 0;
    if (first && this.#cached.size < MAX_CACHED_LINES) this.#cached.set(line, reply);
    return reply;
  }
}

/** One complete reply that nodemailer has read, lines and all; null when it is not a reply. */
export function parseReply(text: string): Reply | null {
  try {
    return new ReplyReader().push(Buffer.from(`${text.trim().split(/\r?\n/).join('\r\n')}\r\n`))[0] ?? null;
  } catch {
    return null;
  }
}

function toReply(code: number, raw: string): Reply {
  const text = clean(raw);
  const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(text);
  return { code, enhanced: enhanced?.[1] ?? null, text };
}

/**
 * Valid UTF-8 of at most 1,000 bytes, without control characters (a NUL would fail a whole group of settles) and without
 * the tokens of our links.
 */
function clean(raw: string): string {
  if (raw.length <= MAX_TEXT_BYTES && PRINTABLE.test(raw)) return withoutLinkTokens(raw.trim());
  const text = Buffer.from(raw, 'latin1').toString('utf8').replaceAll('\n', ' ');
  const printable = withoutLinkTokens(text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim());
  const bytes = Buffer.from(printable);
  return bytes.length <= MAX_TEXT_BYTES
    ? printable
    : bytes
        .subarray(0, MAX_TEXT_BYTES)
        .toString('utf8')
        .replace(/\ufffd+$/, '');
}
