/** Template syntax of other programs in prose: it is printed as it stands, and the editor is told. */
import type { Nodes, Root } from 'mdast';
import type { Remarks } from '../../document/messages.ts';
import { splitSlots, writtenSlot } from '../../document/slot-syntax.ts';
import { noSlot, slotLike } from '../../targets/slot-like.ts';
import { walk } from '../tree/walk.ts';

const FOREIGN = /\{\{[^{}\n]{0,80}\}?\}?|\{%[^%\n]{0,80}%?\}?|\$\{[^}\n]{0,80}\}?/g;

const TAGS =
  /\{\{[<%]?[^{}]*[>%]?\}\}|\{%[^%]*%\}|\{#[\s\S]*?#\}|\{::[^{}]*\}|\{\/:?\w*\}|\{:[^{}]*\}|\$\{[^{}]*\}|<%[\s\S]*?%>/g;
/** One that is cut off or was never closed. */
const OPEN_TAG = /\{(?:\{|%|#|::).*$/s;

/** The words alone: template code goes, slots stay as they are written. */
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

/** What an editor took for a slot would greet everybody with its name; other template code is a remark only. */
export function remarkTemplates(tree: Root, remarks: Remarks): void {
  walk(tree, (node) => {
    for (const text of textsOf(node)) {
      if (!text.includes('{')) continue;
      const literal = splitSlots(text).filter((part) => typeof part === 'string');
      for (const [found] of literal.join('\n').matchAll(FOREIGN)) {
        const place = node.position?.start;
        if (slotLike(found) !== null) remarks.error('slot-unknown', noSlot(found), place);
        else
          remarks.warning(
            'template-literal',
            `${found} is no slot of Postrider; it is printed as it stands`,
            place,
          );
      }
    }
  });
}

function textsOf(node: Nodes): string[] {
  if (node.type === 'text' || node.type === 'html') return [node.value];
  return [];
}
