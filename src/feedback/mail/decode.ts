/** From the bytes of a part to its text. All of it is bounded and nothing throws. */
import { field, type Headers } from './headers.ts';

/** A part's own words are never longer; what stands behind is the returned mail. */
const MAX_TEXT_BYTES = 64 * 1024;

/** The body without its transfer encoding; each character is one byte. */
export function decodeBody(headers: Headers, body: string, maxBytes = MAX_TEXT_BYTES): string {
  const encoding = field(headers, 'content-transfer-encoding').trim().toLowerCase();
  if (encoding.startsWith('base64')) return fromBase64(body.slice(0, maxBytes * 2)).slice(0, maxBytes);
  const raw = body.slice(0, maxBytes);
  return encoding.startsWith('quoted-printable') ? fromQuotedPrintable(raw) : raw;
}

const fromBase64 = (body: string): string =>
  Buffer.from(body, 'base64').toString('latin1').replace(/\r\n?/g, '\n');

const fromQuotedPrintable = (body: string): string =>
  body
    .replace(/=[ \t]{0,100}\n/g, '')
    .replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\r\n?/g, '\n');

/** A charset that is missing, unknown or wrong is guessed: UTF-8 if it is valid, else ISO-2022-JP or Windows-1252. */
export function toUnicode(bytes: string, charset: string): string {
  const buffer = Buffer.from(bytes, 'latin1');
  if (bytes.includes('\x1b$')) return decodeAs(buffer, 'iso-2022-jp') ?? bytes;
  const said = /^(us-ascii|ascii|utf-?8|unknown.*|)$/i.test(charset) ? null : decodeAs(buffer, charset);
  return said ?? decodeAs(buffer, 'utf-8', true) ?? decodeAs(buffer, 'windows-1252') ?? bytes;
}

function decodeAs(buffer: Buffer, charset: string, fatal = false): string | null {
  try {
    return new TextDecoder(charset, { fatal }).decode(buffer);
  } catch {
    return null;
  }
}
