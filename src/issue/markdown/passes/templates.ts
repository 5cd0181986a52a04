/** Reports template syntax of other programs in prose (`{{ site.title }}`, `<%= x %>`), which is printed as written. */
import type { Nodes, Root } from 'mdast';
import type { MessageCollector, Place } from '../../document/message-collector.ts';
import { splitSlots, writtenSlot } from '../../document/slot-syntax.ts';
import { mistakenSlot, unknownSlotText } from '../../targets/mistaken-slot.ts';
import { walk } from '../tree/walk.ts';

/**
 * The last three are ERB's and EJS's: a tag that spans lines, or that HTML inside it splits, is recognised by its
 * start.
 */
const FOREIGN =
  /\{\{[^{}\n]{0,80}\}?\}?|\{%[^%\n]{0,80}%?\}?|\$\{[^}\n]{0,80}\}?|<%[^\n]{0,200}?%>|<%[=-][^\n]{0,80}|(?<=^[^\S\n]*)<%[^\n]{0,80}/gm;

const TAGS =
  /\{\{[<%]?[^{}]*[>%]?\}\}|\{%[^%]*%\}|\{#[\s\S]*?#\}|\{::[^{}]*\}|\{\/:?\w*\}|\{:[^{}]*\}|\$\{[^{}]*\}|<%[\s\S]*?%>/g;
/** One that is cut off or was never closed. */
const OPEN_TAG = /\{(?:\{|%|#|::).*$/s;

/** The text without template code. Slots stay as they are written. */
export function withoutTemplates(text: string): string {
  if (!/[{<]/.test(text)) return text;
  const kept: string[] = [];
  const literal = splitSlots(text)
    .map((part) => (typeof part === 'string' ? part : `\u0000${kept.push(writtenSlot(part)) - 1}\u0000`))
    .join('');
  const bare = literal.replace(TAGS, ' ').replace(OPEN_TAG, ' ');
  return bare
    .replace(/\u0000(\d+)\u0000/g, (_, index: string) => kept[Number(index)]!)
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * A mistaken slot (`{{first_name}}`) is an error, since readers would be greeted with it. Other template code is a
 * warning.
 */
export function reportTemplates(tree: Root, source: string, messages: MessageCollector): void {
  const inCode = new Set<Nodes>();
  let seen = 0;
  walk(tree, (node) => {
    if (inCode.has(node)) return false;
    if ('children' in node) for (const child of betweenCodeTags(node.children)) inCode.add(child);
    for (const text of textsOf(node)) {
      if (!/\{|<%/.test(text)) continue;
      const literal = splitSlots(text).filter((part) => typeof part === 'string');
      for (const [found] of literal.join('\n').matchAll(FOREIGN)) {
        const at = source.indexOf(found, Math.max(seen, node.position?.start.offset ?? 0));
        const place = placeOf(node, source, at);
        if (place !== node.position?.start) seen = at + found.length;
        report(found, place, messages);
      }
    }
  });
}

function report(found: string, place: Place | undefined, messages: MessageCollector): void {
  if (mistakenSlot(found) !== null) messages.error('slot-unknown', unknownSlotText(found), place);
  else
    messages.warning(
      'template-literal',
      `${found.trim()} is not a Postrider slot; it is printed as written`,
      place,
    );
}

/** The place of the text `at` in the source, or the start of its node if reading has changed the text. */
function placeOf({ position }: Nodes, source: string, at: number): Place | undefined {
  const [first, last] = [position?.start.offset, position?.end.offset];
  if (first === undefined || last === undefined || at < first || at >= last) return position?.start;
  const lineBegin = source.lastIndexOf('\n', at - 1) + 1;
  const line = position!.start.line + source.slice(first, at).split('\n').length - 1;
  return { line, column: at - lineBegin + 1 };
}

/** What is between `<code>` and `</code>` in a paragraph. */
function betweenCodeTags(children: readonly Nodes[]): Nodes[] {
  let isCode = false;
  return children.filter((child) => {
    const tag = child.type === 'html' ? /^<(\/?)(?:code|pre|kbd|samp)\b/i.exec(child.value) : null;
    if (tag) isCode = tag[1] === '';
    return isCode && !tag;
  });
}

const HTML_CODE = /<(code|pre|kbd|samp)\b[\s\S]*?<\/\1\s*>/gi;

function textsOf(node: Nodes): string[] {
  if (node.type === 'text') return [node.value];
  return node.type === 'html' ? [node.value.replace(HTML_CODE, '')] : [];
}
