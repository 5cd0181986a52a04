/** Reading SMTP replies off a socket: multi-line (RFC 5321 4.2.1), bounded, cleaned to what the ledger can keep. */
import type { Reply } from '../../ports.ts';
import { withoutLinkTokens } from './link-tokens.ts';

/** Bytes of one reply that are read at the most; a server that says more is cut off. */
const LONGEST = 64 * 1024;
/** Bytes of a reply's text that are kept. */
const KEPT = 1_000;

/** Most of what a relay says it has said before. So many of its lines are remembered, per connection. */
const REMEMBERED = 8;
const PRINTABLE = /^[ -~]*$/;
const CR = 13;

export class ReplyReader {
  #buffered = '';
  #lines: string[] = [];
  /** Bytes in `#lines`. */
  #held = 0;
  #remembered = new Map<string, Reply>();

  /** Takes bytes, returns the replies that became complete. Throws on what is no SMTP reply. */
  push(chunk: Buffer): Reply[] {
    const text = this.#buffered + chunk.toString('latin1');
    const replies: Reply[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      let stop = end;
      // One CR, by RFC 5321 2.3.8; gateways that turn LF into CRLF once more than needed send two.
      while (stop > start && text.charCodeAt(stop - 1) === CR) stop -= 1;
      const reply = this.#line(text.slice(start, stop));
      if (reply) replies.push(reply);
      start = end + 1;
    }
    this.#buffered = text.slice(start);
    if (this.#buffered.length + this.#held > LONGEST) throw new Error('the relay sent an endless reply');
    return replies;
  }

  #line(line: string): Reply | null {
    const first = this.#lines.length === 0;
    const known = first ? this.#remembered.get(line) : undefined;
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
    if (first && this.#remembered.size < REMEMBERED) this.#remembered.set(line, reply);
    return reply;
  }
}

/** One whole reply that somebody else has read off the wire, its lines apart; null when it is none. */
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
 * Valid UTF-8 without control characters (a NUL would fail a whole group of settles) and without tokens of our links, at
 * most 1,000 bytes.
 */
function clean(raw: string): string {
  if (raw.length <= KEPT && PRINTABLE.test(raw)) return withoutLinkTokens(raw.trim());
  const text = Buffer.from(raw, 'latin1').toString('utf8').replaceAll('\n', ' ');
  const printable = withoutLinkTokens(text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim());
  const bytes = Buffer.from(printable);
  return bytes.length <= KEPT
    ? printable
    : bytes
        .subarray(0, KEPT)
        .toString('utf8')
        .replace(/\ufffd+$/, '');
}
