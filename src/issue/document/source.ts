/** Tidies the source for all later steps: LF line ends, no byte-order mark, no control characters. */
import type { MessageCollector } from './message-collector.ts';

/** A larger source is refused, since the limits of all later steps rely on it. */
export const MAX_SOURCE_BYTES = 1_000_000;

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Line numbers stay those of the file (CRLF and lone CR both end a line). */
export function tidySource(source: string, messages: MessageCollector): string {
  const text = source
    .replace(/^\uFEFF/, '')

    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\r\n?/g, '\n');
  const at = text.search(CONTROL);
  if (at < 0) return text;
  messages.warning('control-character', 'an invisible control character was removed', placeOf(text, at));
  return text.replace(CONTROL, '');
}

/** Adds an error when the source is over the limit. */
export function isTooLarge(source: string, messages: MessageCollector): boolean {
  const bytes = Buffer.byteLength(source);
  if (bytes <= MAX_SOURCE_BYTES) return false;
  const text = `the issue has ${bytes} bytes, more than the ${MAX_SOURCE_BYTES} that are read; its body is left out`;
  messages.error('source-too-large', text, { line: 1 });
  return true;
}

/** 1-based line and column of an offset. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
