/**
 * Normalizes raw HTML in Markdown: removes comments (`<!-- x -->`), turns tags that are not HTML back into text
 * (`Vec<u8>`), and groups the blocks between a container's tags (`<div>` in one block, `</div>` in another).
 */
import type { Html, Nodes, Parents, Root, RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import { isHtmlTag, VOID_TAGS } from '../../content/tags.ts';
import type { MessageCollector } from '../../document/message-collector.ts';
import type { HtmlGroup } from '../tree/tree.ts';
import { imageAlone } from './html-image.ts';
import { videoCards } from './media-frames.ts';

const COMMENT = /<!--[\s\S]*?(?:-->|$)|<![A-Za-z[][\s\S]*?(?:\]\]>|>|$)|<\?[\s\S]*?(?:\?>|$)/g;
const TAG = /<(\/?)([A-Za-z][\w:.-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/g;
/** Every browser takes it for a line break. */
const CLOSED_BR = /<\/br\s*>/gi;
/** Elements that authors open in one block and close in another. */
const CONTAINERS = new Set([
  'details',
  'div',
  'center',
  'table',
  'ul',
  'ol',
  'blockquote',
  'section',
  'article',
  'figure',
]);

export function normalizeRawHtml(tree: Root, messages: MessageCollector): void {
  visit(tree, 'html', (node, index, parent) => {
    if (!parent || index === undefined) return;
    const replacement = normalizeNode(node, isFlow(parent), messages);
    parent.children.splice(index, 1, ...(replacement as never[]));
    return index + replacement.length;
  });
  tree.children = grouped(tree.children);
}

function isFlow(parent: Parents): boolean {
  return ['root', 'blockquote', 'listItem', 'containerDirective', 'footnoteDefinition'].includes(parent.type);
}

function normalizeNode(node: Html, flow: boolean, messages: MessageCollector): Nodes[] {
  const bare = node.value.replace(COMMENT, '').replace(CLOSED_BR, '<br>');
  if (bare.trim() === '') return [];
  const cards = flow ? videoCards(bare, node.position) : [];
  if (cards.length > 0) return cards as never[];
  const image = flow ? imageAlone(bare, node.position) : null;
  if (image) return [image];
  if (!hasKnownTag(bare)) return [asText(node, bare, flow)];
  const value = escapeUnknownTags(bare);
  const { position } = node;
  if (/<(script|iframe|form|style|object|embed)\b/i.test(value)) {
    messages.warning(
      'html-dropped',
      'scripts, frames, forms and styles do not work in mail; left out',
      position?.start,
    );
  }
  return [{ type: 'html', value, position }];
}

function hasKnownTag(html: string): boolean {
  return [...html.matchAll(TAG)].some(([, , name = '']) => isHtmlTag(name));
}

function asText(node: Html, value: string, flow: boolean): Nodes {
  const { position } = node;
  const text: Nodes = { type: 'text', value, position };
  return flow ? { type: 'paragraph', children: [text], position } : text;
}

function escapeUnknownTags(html: string): string {
  return html.replace(TAG, (tag, _slash, name: string) => (isHtmlTag(name) ? tag : `&lt;${tag.slice(1)}`));
}

function grouped(children: RootContent[]): RootContent[] {
  const result: RootContent[] = [];
  for (let i = 0; i < children.length; i++) {
    const child = children[i] as RootContent;
    const end = child.type === 'html' ? groupEnd(children, i) : i;
    if (end === i) result.push(child);
    else result.push(groupOf(children.slice(i, end + 1)));
    i = end;
  }
  return result;
}

/**
 * The index of the block that closes what block `start` opens, or `start` where nothing is opened, or it is never
 * closed.
 */
function groupEnd(children: RootContent[], start: number): number {
  let depth = 0;
  for (let i = start; i < children.length; i++) {
    const child = children[i];
    if (child?.type === 'html') depth += balance(child.value);
    if (depth <= 0) return i;
  }
  return start;
}

function balance(html: string): number {
  return [...html.matchAll(TAG)].reduce((sum, [, slash, name = '', rest = '']) => {
    const tag = name.toLowerCase();
    if (!CONTAINERS.has(tag) || VOID_TAGS.has(tag) || rest.endsWith('/')) return sum;
    return sum + (slash === '/' ? -1 : 1);
  }, 0);
}

function groupOf(children: RootContent[]): HtmlGroup {
  const start = children[0]?.position?.start;
  const end = children.at(-1)?.position?.end;
  return { type: 'htmlGroup', children, ...(start && end ? { position: { start, end } } : {}) };
}
