/** Gmail shows the first 102,400 bytes of a mail and hides the rest, with it the way to unsubscribe. */
import type { Document, Message } from '../../issue/document/document.ts';

/** Where Gmail cuts, in bytes of the HTML. */
export const GMAIL_CLIP_BYTES = 102_400;
const WARN_AT = 90 * 1024;
/** Parts that are named. */
const NAMED = 3;

export type WhyNotClipped = 'not asked for' | 'no page' | 'no place';

const WAYS_OUT: Readonly<Record<WhyNotClipped, string>> = {
  'not asked for': ', or write "clip: auto" into the front matter',
  'no page':
    '; clip: auto cuts it where the issue has a page on the web (newsletter set NAME --archive public or unlisted)',
  'no place': '; clip: auto found no place to cut it, since its first part alone is too long',
};

/** Remarks on the size of an edition's HTML; slots are filled with some hundred bytes more. `cut`: what became of `clip: auto`. */
export function sizeWarnings(
  html: string,
  document: Pick<Document, 'blocks'>,
  cut: WhyNotClipped = 'not asked for',
): Message[] {
  const bytes = Buffer.byteLength(html);
  if (bytes < WARN_AT) return [];
  const size = `the HTML takes ${kilobytes(bytes)}`;
  const fault =
    bytes > GMAIL_CLIP_BYTES
      ? `${size}: Gmail cuts it at 100 KB and hides the rest, also the unsubscribe link`
      : `${size}: Gmail cuts at 100 KB`;
  const parts = heaviest(html, document);
  const named = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const text = `${fault}; shorten the heaviest parts${named}${WAYS_OUT[cut]}`;
  return [{ severity: 'warning', line: null, rule: 'gmail-clip', text }];
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;

/** The sections that take most, as `"Its heading" (line 7) 34 KB`. */
function heaviest(html: string, { blocks }: Pick<Document, 'blocks'>): string[] {
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
    .slice(0, NAMED)
    .map(({ text, line, bytes }) => `"${text}" (line ${line}) ${kilobytes(bytes)}`);
}

const readable = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([\da-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\s+/g, ' ')
    .trim();

const squeezed = (text: string): string => text.replace(/[\s\u200b-\u200d\u2060]+/g, '');
