/** Checks the front matter for slots and template code that would be printed as written. */
import type { Document } from '../document/document.ts';
import type { MessageCollector } from '../document/message-collector.ts';
import { splitSlots } from '../document/slot-syntax.ts';
import { mistakenSlot, unknownSlotText } from './mistaken-slot.ts';
import { targetFault } from './target.ts';

type Head = Pick<
  Document,
  'title' | 'summary' | 'preheader' | 'authors' | 'tags' | 'cover' | 'canonicalUrl' | 'baseUrl'
>;

export function checkHead(head: Head, source: string, messages: MessageCollector): void {
  for (const words of [head.title, ...head.authors, ...head.tags]) refuseSlot(words, source, messages);
  for (const words of [head.summary, head.preheader]) refuseUnknownSlot(words ?? '', source, messages);
  for (const url of [head.cover, head.canonicalUrl, head.baseUrl]) checkAddress(url ?? '', source, messages);
}

/** The title appears in the archive and in lists too, where there is no subscriber to fill a slot for. */
function refuseSlot(words: string, source: string, messages: MessageCollector): void {
  if (!words.includes('{{')) return;
  const slot = splitSlots(words).find((part) => typeof part === 'object') ?? mistakenSlot(words);
  if (slot === null) return;
  const text = `a slot cannot be used in ${JSON.stringify(words)}: title, authors and tags are the same for all readers; greet them in the preheader or the text`;
  messages.error('slot-in-title', text, { line: lineWith(source, words) });
}

function refuseUnknownSlot(words: string, source: string, messages: MessageCollector): void {
  const found = words.includes('{{') ? mistakenSlot(words) : null;
  if (found !== null)
    messages.error('slot-unknown', unknownSlotText(found), { line: lineWith(source, found) });
}

function checkAddress(url: string, source: string, messages: MessageCollector): void {
  const fault = targetFault(url);
  if (fault)
    messages.error(fault.rule, `the address ${JSON.stringify(url)} ${fault.why}`, {
      line: lineWith(source, url),
    });
}

/** 1-based; the first line where it cannot be found as written. */
function lineWith(source: string, words: string): number {
  const at = source.indexOf(/\{\{.*?\}\}/.exec(words)?.[0] ?? words);
  return at < 0 ? 1 : source.slice(0, at).split('\n').length;
}
