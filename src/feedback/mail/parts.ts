/**
 * A mail as the flat list of its parts. An own small walk instead of a library's: reports are often mangled (bare CR,
 * missing boundaries, a returned mail cut off in the middle), it must be synchronous, and no mail may take more than its
 * time budget, whatever it holds. It reads 1 MB, goes 20 levels deep, keeps 100 parts, and visits each byte once per
 * level.
 */
import { decodeBody, toUnicode } from './decode.ts';
import { field, type Headers, lineAt, readHead } from './headers.ts';
import { htmlToText } from './html.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 20;
const MAX_PARTS = 100;
const LF = 0x0a;
const CR = 0x0d;
const MAX_BOUNDARY_CHARS = 200;

export interface Part {
  /** Lower case, without parameters: `text/plain`. */
  type: string;
  charset: string;
  headers: Headers;
  /** Still transfer-encoded; each character is one byte. */
  body: string;
}

export interface Mail {
  headers: Headers;
  /** Value of the parameter `report-type` of a multipart/report; an empty string where there is none. */
  reportType: string;
  /** Parts that hold no other parts, in order. A returned message is one part: nothing in it is read as ours. */
  parts: readonly Part[];
  /** The whole mail, each character one byte, lines ended by LF. */
  source: string;
}

export function readMail(bytes: Uint8Array): Mail {
  const source = withLineFeeds(bytes.subarray(0, MAX_BYTES));
  const { headers, bodyAt } = readHead(source, 0, source.length);
  const parts: Part[] = [];
  walk(parts, source, headers, bodyAt, source.length, 0);
  return { headers, reportType: parameter(field(headers, 'content-type'), 'report-type'), parts, source };
}

/** CRLF, LF and bare CR all end a line. Each character of the result is one byte. */
function withLineFeeds(bytes: Uint8Array): string {
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === LF && bytes[at - 1] === CR) continue;
    kept[length++] = byte === CR ? LF : byte;
  }
  return kept.toString('latin1', 0, length);
}

/** What a person reads in the part. */
export function textOf(part: Part): string {
  const text = toUnicode(decodeBody(part.headers, part.body), part.charset);
  return part.type === 'text/html' ? htmlToText(text) : text;
}

function walk(
  parts: Part[],
  source: string,
  headers: Headers,
  from: number,
  to: number,
  depth: number,
): void {
  if (parts.length >= MAX_PARTS) return;
  const contentType = field(headers, 'content-type');
  const type = /^\s*([\w.+-]{1,80}\/[\w.+-]{1,80})/.exec(contentType)?.[1]?.toLowerCase() ?? 'text/plain';
  const boundary = type.startsWith('multipart/') ? parameter(contentType, 'boundary') : '';
  const inner = boundary === '' || depth >= MAX_DEPTH ? [] : split(source, boundary, from, to);
  for (const [start, end] of inner) {
    const head = readHead(source, start, end);
    walk(parts, source, head.headers, Math.min(head.bodyAt, end), end, depth + 1);
  }
  if (inner.length > 0) return;
  const charset = parameter(contentType, 'charset');
  parts.push({
    type: type.startsWith('multipart/') ? 'text/plain' : type,
    charset,
    headers,
    body: source.slice(from, to),
  });
}

/** Where the parts between the boundary's lines start and end. */
function split(source: string, boundary: string, from: number, to: number): [number, number][] {
  const found: [number, number][] = [];
  let start = -1;
  let at = source.startsWith('--', from) ? from : nextDashes(source, from);
  while (at >= 0 && at < to && found.length < MAX_PARTS) {
    const { line, next } = lineAt(source, at, to);
    if (line.startsWith(boundary, 2)) {
      if (start >= 0) found.push([start, Math.max(start, at - 1)]);
      start = next;
      if (line.startsWith('--', 2 + boundary.length)) return found;
    }
    at = source.startsWith('--', next) ? next : nextDashes(source, next);
  }
  if (start >= 0 && start < to && found.length < MAX_PARTS) found.push([start, to]);
  return found;
}

function nextDashes(source: string, from: number): number {
  const found = source.indexOf('\n--', from);
  return found < 0 ? -1 : found + 1;
}

/** The value of a parameter of `Content-Type`, with or without quotes. */
function parameter(contentType: string, name: string): string {
  const quotedOrNot = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;"]+))`, 'i');
  const [, quoted, plain] = quotedOrNot.exec(contentType.slice(0, 2_000)) ?? [];
  return (quoted ?? plain ?? '').trimEnd().slice(0, MAX_BOUNDARY_CHARS);
}
