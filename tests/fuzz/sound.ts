/** What must hold of a document and of a mail, whatever it was made of. */

import { ALLOWED_TAGS } from '../../src/issue/content/tags.ts';
import type { Document } from '../../src/issue/document/document.ts';

const TAGS = new Set([...ALLOWED_TAGS, 'slot']);
const KINDS = new Set(
  'banner heading prose image qa contributors reading releases event meeting tasks quote code table footnotes callout button video sponsor qr divider'.split(
    ' ',
  ),
);

/** Empty when the document is as `document.ts` says. */
export function faultsOf(document: Document): string[] {
  const json = JSON.stringify(document);
  const tags = [...json.matchAll(/"tagName":"([^"]*)"/g)].flatMap(([, tag = '']) =>
    TAGS.has(tag) ? [] : [tag],
  );
  const kinds = document.blocks.filter(
    ({ kind, line }) => !KINDS.has(kind) || !Number.isInteger(line) || line < 0,
  );
  const handlers = [...json.matchAll(/"on[A-Z][a-z]+":/g)].map(([name]) => name);
  const harmful = [...json.matchAll(/"(?:href|src|url)":"\s*(?:javascript|vbscript|data):/gi)].map(
    ([url]) => url,
  );
  const dates = document.date === null || /^\d{4}-\d\d-\d\d$/.test(document.date) ? [] : [document.date];
  const crashed = document.messages
    .filter(({ text }) => text.includes('could not be read'))
    .map(({ text }) => text);
  return [
    ...tags,
    ...kinds.map(({ kind }) => `block ${kind}`),
    ...handlers,
    ...harmful,
    ...dates,
    ...crashed,
  ];
}

/** A slot's marker that was not put back (`src/render/slots/slot-markers.ts`). */
const MARKER = /q[0-9a-z]{8,}n\d+q/g;

/** Empty when nothing that runs, and nothing of our own machinery, is in the HTML or text of a mail. */
export function leaksOf(html: string, text: string): string[] {
  const tags = html.match(TAG) ?? [];
  const unwanted = tags.filter(
    (tag) =>
      /^<\/?(?:mj-|mjml|script|iframe|object|embed|form)\b/i.test(tag) ||
      /\son[a-z]+\s*=/i.test(tag.replace(/"[^"]*"/g, '""')) ||
      /\s(?:href|src|background)="\s*(?:javascript|vbscript):/i.test(tag),
  );
  const marks = `${html}${text}`.match(MARKER) ?? [];
  return [...unwanted, ...marks];
}

/** A tag with its attributes; what an issue says as text has no `<`. */
const TAG = /<\/?[a-z](?:"[^"]*"|'[^']*'|[^'"<>])*/gi;
