/** What the head of an issue says where a slot or template code would be printed as it stands. */
import type { Document } from '../document/document.ts';
import type { Remarks } from '../document/messages.ts';
import { splitSlots } from '../document/slot-syntax.ts';
import { noSlot, slotLike } from './slot-like.ts';
import { targetFault } from './target.ts';

type Head = Pick<
  Document,
  'title' | 'summary' | 'preheader' | 'authors' | 'tags' | 'cover' | 'canonicalUrl' | 'baseUrl'
>;

export function remarkHead(head: Head, source: string, remarks: Remarks): void {
  for (const words of [head.title, ...head.authors, ...head.tags]) remarkShared(words, source, remarks);
  for (const words of [head.summary, head.preheader]) remarkUnknown(words ?? '', source, remarks);
  for (const url of [head.cover, head.canonicalUrl, head.baseUrl]) remarkAddress(url ?? '', source, remarks);
}

/** The title stands on the archive and in lists too, where nobody in particular reads it. */
function remarkShared(words: string, source: string, remarks: Remarks): void {
  if (!words.includes('{{')) return;
  const slot = splitSlots(words).find((part) => typeof part === 'object') ?? slotLike(words);
  if (slot === null) return;
  const text = `a slot cannot stand in ${JSON.stringify(words)}: title, authors and tags are the same for all readers; greet them in the preheader or the text`;
  remarks.error('slot-in-title', text, { line: lineWith(source, words) });
}

function remarkUnknown(words: string, source: string, remarks: Remarks): void {
  const found = words.includes('{{') ? slotLike(words) : null;
  if (found !== null) remarks.error('slot-unknown', noSlot(found), { line: lineWith(source, found) });
}

function remarkAddress(url: string, source: string, remarks: Remarks): void {
  const fault = targetFault(url);
  if (fault)
    remarks.error(fault.rule, `the address ${JSON.stringify(url)} ${fault.why}`, {
      line: lineWith(source, url),
    });
}

/** 1-based; the first line where it cannot be found as written. */
function lineWith(source: string, words: string): number {
  const at = source.indexOf(/\{\{.*?\}\}/.exec(words)?.[0] ?? words);
  return at < 0 ? 1 : source.slice(0, at).split('\n').length;
}
