/** Gmail shows the first 102,400 bytes of a mail and hides the rest, including the unsubscribe link. */
import type { Document, Message } from '../../issue/document/document.ts';

/** Gmail clips the HTML here. */
export const GMAIL_CLIP_BYTES = 102_400;
const WARN_BYTES = 90 * 1024;
/** How many of the largest parts a warning names. */
const MAX_NAMED = 3;

export type WhyNotClipped = 'not asked for' | 'no page' | 'no place';

const ADVICE: Readonly<Record<WhyNotClipped, string>> = {
  'not asked for': ', or write "clip: auto" into the front matter',
  'no page':
    '; clip: auto needs a web page with the whole issue (newsletter set NAME --archive public or unlisted)',
  'no place': '; clip: auto found no place to cut, because the first part alone is too long',
};

/** Warnings about the size of an edition's HTML; filled slots add a few hundred bytes. `why`: why it was not clipped. */
export function sizeWarnings(
  html: string,
  document: Pick<Document, 'blocks'>,
  why: WhyNotClipped = 'not asked for',
): Message[] {
  const bytes = Buffer.byteLength(html);
  if (bytes < WARN_BYTES) return [];
  const size = `the HTML has ${kilobytes(bytes)}`;
  const fault =
    bytes > GMAIL_CLIP_BYTES
      ? `${size}: Gmail clips it at 100 KB and hides the rest, including the unsubscribe link`
      : `${size}, and Gmail clips mails at 100 KB`;
  const parts = largestSections(html, document);
  const named = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const text = `${fault}; shorten the largest parts${named}${ADVICE[why]}`;
  return [{ severity: 'warning', line: null, rule: 'gmail-clip', text }];
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;

/** The largest sections, as `"Its heading" (line 7) 34 KB`. */
function largestSections(html: string, { blocks }: Pick<Document, 'blocks'>): string[] {
  const lines = new Map(
    blocks.flatMap((block) =>
      block.kind === 'heading' ? [[squeezed(block.text), block.line] as const] : [],
    ),
  );
  const starts = [...html.matchAll(/<h[2-6]\b[^>]*>([\s\S]*?)<\/h[2-6]>/gi)].flatMap(
    ({ 1: inner = '', index }) => {
      const text = readable(inner);
      const line = lines.get(squeezed(text));
      return line === undefined ? [] : [{ text, line, index }];
    },
  );
  return starts
    .map((start, n) => ({
      ...start,
      bytes: Buffer.byteLength(html.slice(start.index, starts[n + 1]?.index)),
    }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MAX_NAMED)
    .map(({ text, line, bytes }) => `"${text}" (line ${line}) ${kilobytes(bytes)}`);
}

const readable = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([\da-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\s+/g, ' ')
    .trim();

const squeezed = (text: string): string => text.replace(/[\s\u200b-\u200d\u2060]+/g, '');
