/**
 * The address of a link, button, card or picture as the author wrote it. Its path, query and fragment may contain slots,
 * which are percent-encoded when they are filled. Its scheme and host may not.
 */

import { type SlotUse, splitSlots } from '../document/slot-syntax.ts';
import { mistakenSlot } from './mistaken-slot.ts';
import { isHarmful, schemeOf } from './urls.ts';

/** Why an address is refused: a rule, and words that complete "the address ...". */
interface TargetFault {
  rule:
    | 'link-refused'
    | 'link-of-site'
    | 'slot-in-host'
    | 'slot-in-address'
    | 'slot-unknown'
    | 'link-template';
  why: string;
}

/** Text and slots, as `splitSlots` returns them. */
export type TargetPart = string | SlotUse;

/** Decodes slots that a parser percent-encoded, with the spaces and quotes in them. */
export function writtenTarget(url: string): string {
  return url.replace(/%7B%7B(.*?)%7D%7D/gi, (whole, inside: string) => {
    try {
      return `{{${decodeURIComponent(inside)}}}`;
    } catch {
      return whole;
    }
  });
}

/** The reverse: encodes slots, so that no character in them has a meaning in an address. */
export const encodedTarget = (url: string): string =>
  writtenTarget(url).replace(
    /\{\{(.*?)\}\}/g,
    (_, inside: string) => `%7B%7B${encodeURIComponent(inside.replace(/\p{Surrogate}/gu, ''))}%7D%7D`,
  );

export const hasSlots = (url: string): boolean =>
  /\{\{|%7B%7B/i.test(url) && targetParts(url).some((part) => typeof part === 'object');

export const targetParts = (written: string): TargetPart[] => splitSlots(writtenTarget(written).trim());

/** The slot that is the whole address, or null. */
export function wholeSlot(parts: readonly TargetPart[]): SlotUse | null {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'object' ? only : null;
}

/** Template code of other programs, which makes an address that nobody can follow. */
const TEMPLATE = /\{\{|\}\}|\{%|%\}|\{#|#\}|\$\{|<%|%>|\*\|.*?\|\*|\[\[.*?\]\]/;
/** Pelican's `{filename}b.md`, Zola's `@/b.md`, and the source file of another page. */
const OF_SITE =
  /^(?:[{|](?:filename|static|attach|author|category|tag|index)[}|]|@\/)|^(?![a-z][a-z0-9+.-]*:|\/\/)[^?#]+\.(?:md|markdown|mdx|rst|adoc)(?:[?#].*)?$/i;

/** Null for an address that can be followed. A path without a base URL is accepted here. */
export function targetFault(written: string): TargetFault | null {
  const parts = targetParts(written);
  const text = parts.filter((part) => typeof part === 'string').join('');
  if (isHarmful(text)) return { rule: 'link-refused', why: `begins with "${schemeOf(text)}:"; use https:` };
  if (OF_SITE.test(text))
    return {
      rule: 'link-of-site',
      why: 'is a form that only the generator of a site resolves; write the address of the page',
    };
  if (TEMPLATE.test(text)) return templateFault(text);
  const slots = parts.filter((part) => typeof part === 'object');
  if (slots.length === 0) return null;
  const whole = wholeSlot(parts);
  return whole ? wholeFault(whole) : placeFault(parts, slots);
}

function templateFault(text: string): TargetFault {
  const found = mistakenSlot(text);
  if (found !== null)
    return {
      rule: 'slot-unknown',
      why: `holds ${found}, which is not a slot; there are {{name}}, {{email}}, {{reader.attributes.NAME}} and, as a whole address, {{link.view}}, {{link.unsubscribe}}`,
    };
  return {
    rule: 'link-template',
    why: 'holds template code of another program, which nobody can follow; write the address itself',
  };
}

/** A slot that is a whole address, such as each reader's voucher, needs a fallback for readers without one. */
function wholeFault({ path, fallback }: SlotUse): TargetFault | null {
  if (path.startsWith('link.') || isWeb(fallback ?? '')) return null;
  return {
    rule: 'slot-in-address',
    why: `is only a slot, and some readers may have no address there; give the one that they get: {{${path} | https://example.org/}}`,
  };
}

const isWeb = (url: string): boolean => /^https?:\/\/[^/\s]/i.test(url) && URL.canParse(url);

/** A scheme and a host, followed by the first character of path, query or fragment. */
const CLOSED_HOST = /^(?:https?:)?\/\/[^/?#\\]+[/?#]/i;
const OWN_PATH = /^(?!\/\/)(?:\/|\.{1,2}\/|\?|[^:/?#]+[/?#])/;

function placeFault(parts: readonly TargetPart[], slots: readonly SlotUse[]): TargetFault | null {
  const [first] = parts;
  const before = typeof first === 'string' ? first : '';
  if (slots.some(({ path }) => path.startsWith('link.')))
    return { rule: 'slot-in-address', why: 'holds a {{link...}} slot, which is a whole address by itself' };
  if (/^mailto:/i.test(before) || CLOSED_HOST.test(before)) return null;
  if (schemeOf(before) === null && OWN_PATH.test(before)) return null;
  return {
    rule: 'slot-in-host',
    why: 'has a slot in its scheme or host; a slot may stand only behind the first "/" or "?" of the path: https://example.org/?who={{email}}',
  };
}
