/**
 * Messages: an edition is composed once, and its slots are filled for one reader at a time. A message is
 * multipart/alternative (RFC 2046 5.1.4), text first, both parts UTF-8 in quoted-printable. Every line ends in CRLF, none
 * is longer than 998 octets (in bodies 76), and none begins with a dot, so SMTP can send the bytes as they are.
 */
import type { Edition, Fill } from '../edition/edition.ts';
import { cleanReader, type SlotValues } from '../slots/fill.ts';
import { compileHeader } from './header.ts';
import { url } from './header-fields.ts';
import { joinPieces, type MessageMemory, type Pieces } from './mime-bytes.ts';
import { compilePart } from './mime-part.ts';

export { MessageMemory } from './mime-bytes.ts';

interface MessageOptions {
  /** The relay's own header fields. */
  headers?: Readonly<Record<string, string>>;
}

/** With `memory`, the returned buffer lies in it and is valid until the next call with the same memory. */
export type FillMessage = (fill: Fill, memory?: MessageMemory) => Buffer;

/**
 * Composes an edition. The returned function makes the whole message for one reader, ending in CRLF, without the final
 * dot. It throws Refused('bad-address' | 'bad-header') if the reader's address, ids or links cannot be sent.
 * compileMessages itself throws the same for the edition's own fields, and Refused('template') for its templates.
 */
export function compileMessages(edition: Edition, options: MessageOptions = {}): FillMessage {
  const boundary = boundaryOf(edition);
  const head = compileHeader(edition, options.headers ?? {}, boundary);
  const text = compilePart(edition.text, 'text');
  const html = compilePart(edition.html, 'html');
  const [beforeText, beforeHtml, end] = frame(boundary);
  return (fill, memory) => {
    const values = valuesOf(fill);
    const pieces: Pieces = [head(fill, values), beforeText];
    text(values, pieces);
    pieces.push(beforeHtml);
    html(values, pieces);
    pieces.push(end);
    return joinPieces(pieces, memory);
  };
}

/** The header (with the CRLF of its last field) and the body of a message, as views for a DKIM signature. */
export function splitMessage(message: Buffer): { header: Buffer; body: Buffer } {
  const gap = message.indexOf('\r\n\r\n');
  return { header: message.subarray(0, gap + 2), body: message.subarray(gap + 4) };
}

/** Quoted-printable never writes `=_`, so no part can contain this (RFC 2045 6.7). */
function boundaryOf(edition: Edition): string {
  return `=_${edition.hash.replace(/[^0-9A-Za-z]/g, '').slice(0, 32)}`;
}

function frame(boundary: string): [Buffer, Buffer, Buffer] {
  const part = (type: string) =>
    `\r\n--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
  const texts = [part('text/plain'), part('text/html'), `\r\n--${boundary}--\r\n`] as const;
  return [Buffer.from(texts[0]), Buffer.from(texts[1]), Buffer.from(texts[2])];
}

function valuesOf({ reader, links }: Fill): SlotValues {
  for (const name in links) {
    const link = links[name as keyof typeof links];
    // The one link that is no slot; the header checks it.
    if (link !== undefined && name !== 'unsubscribeByMail') url(`link.${name}`, link);
  }
  return { reader: cleanReader(reader), link: links };
}
