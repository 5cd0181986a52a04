/** mdast -> the sanitised hast that a document carries. */
import type { Element, ElementContent, RootContent as HastContent, Root as HastRoot, Text } from 'hast';
import { raw } from 'hast-util-raw';
import { sanitize } from 'hast-util-sanitize';
import type { RootContent } from 'mdast';
import { type Handler, toHast } from 'mdast-util-to-hast';
import type { Content } from '../document/document.ts';
import { splitSlots } from '../document/slot-syntax.ts';
import { encodedTarget, type TargetPart, targetParts, wholeSlot, writtenTarget } from '../targets/target.ts';
import { replaceBrowserOnlyHtml } from './browser-only-html.ts';
import { SCHEMA, safeStyle } from './schema.ts';

/** Keyed by node type. `htmlGroup` and the like are ours, so the library's types do not know them. */
const HANDLERS: Record<string, Handler> = {
  htmlGroup: (state, node) => state.all(node),
  containerDirective: (state, node) => state.all(node),
  videoCard: (_, node: { title: string; url: string }) => paragraphLink(node.title || node.url, node.url),
  footnoteReference: (_, node: { label?: string; identifier: string }) => ({
    type: 'element',
    tagName: 'sup',
    properties: {},
    children: [{ type: 'text', value: `[${node.label ?? node.identifier}]` }],
  }),
};

export function contentOf(nodes: readonly RootContent[]): Content {
  const tree = toHast(
    { type: 'root', children: [...nodes] },
    { allowDangerousHtml: true, handlers: HANDLERS },
  ) as HastRoot;
  const whole = prepare(tree) ? replaceBrowserOnlyHtml(raw(tree) as HastRoot) : tree;
  const clean = sanitize(withSlotsApart(whole), SCHEMA) as HastRoot;
  clean.children = clean.children.flatMap(finished);
  return withoutBlankEdges(clean.children).filter(isContent);
}

function paragraphLink(text: string, url: string): Element {
  const link: Element = {
    type: 'element',
    tagName: 'a',
    properties: { href: url },
    children: [{ type: 'text', value: text }],
  };
  return { type: 'element', tagName: 'p', properties: {}, children: [link] };
}

/**
 * Turns the checkboxes of task lists into characters, since mail has no form controls. Returns whether the tree holds
 * raw HTML.
 */
function prepare(parent: HastRoot | Element): boolean {
  let hasRaw = false;
  parent.children.forEach((node, i) => {
    if (node.type === 'raw') hasRaw = true;
    else if (node.type !== 'element') return;
    else if (node.tagName === 'input')
      parent.children[i] = { type: 'text', value: node.properties.checked ? '☑' : '☐' };
    else hasRaw = prepare(node) || hasRaw;
  });
  parent.children = parent.children.filter((node) => !isEmptyHead(node)) as never;
  return hasRaw;
}

/** A table head whose cells are all empty: GFM requires one, but it would only show as a line. */
function isEmptyHead(node: HastContent): boolean {
  if (node.type !== 'element' || node.tagName !== 'thead') return false;
  const cells = node.children.flatMap((row) => (row.type === 'element' ? row.children : []));
  return cells.every((cell) => cell.type !== 'element' || cell.children.length === 0);
}

/** Encodes slots in addresses for the sanitizer, which would take a scheme in a fallback for that of the address. */
function withSlotsApart<T extends HastRoot | Element>(parent: T): T {
  for (const node of parent.children) {
    if (node.type !== 'element') continue;
    for (const name of ['href', 'src'] as const) {
      const url = node.properties[name];
      if (typeof url === 'string' && hasBraces(url)) node.properties[name] = encodedTarget(url);
    }
    withSlotsApart(node);
  }
  return parent;
}

const hasBraces = (url: string): boolean => /\{\{|%7B%7B/i.test(url);

/**
 * Removes positions and comments, reduces styles to safe ones, and splits slots from text. A link whose address was
 * refused is replaced by its text, and an image without an address is dropped.
 */
function finished<T extends HastContent>(node: T, inCode?: unknown): (T | ElementContent)[] {
  delete node.position;
  delete node.data;
  if (node.type === 'text') return inCode === true ? [node] : slotsApart(node);
  if (node.type !== 'element') return [node];
  finishElement(node);
  const isCode = inCode === true || node.tagName === 'code' || node.tagName === 'pre';
  node.children = node.children.flatMap((child) => finished(child, isCode));
  const { href, dataSlot, src } = node.properties;
  if ((node.tagName === 'a' && !href && !dataSlot) || (node.tagName === 'img' && !src)) return node.children;
  return [node];
}

function slotsApart(node: Text): ElementContent[] {
  if (!node.value.includes('{{')) return [node];
  return splitSlots(node.value).map((part): ElementContent => {
    if (typeof part === 'string') return { type: 'text', value: part };
    return { type: 'element', tagName: 'slot', properties: { ...part }, children: [] };
  });
}

/** Writes a cell's `align` as a style, which wins over the theme's stylesheet. */
function alignCell({ properties }: Element): void {
  const { align, style } = properties;
  if (typeof align !== 'string' || /text-align/.test(String(style ?? ''))) return;
  properties.style = typeof style === 'string' ? `text-align: ${align}; ${style}` : `text-align: ${align}`;
}

function finishElement(node: Element): void {
  const { style, href, src } = node.properties;
  if (typeof style === 'string') node.properties.style = safeStyle(style);
  if (node.tagName === 'td' || node.tagName === 'th') alignCell(node);
  if (typeof src === 'string' && hasBraces(src)) node.properties.src = writtenTarget(src);
  if (typeof href !== 'string' || !hasBraces(href)) return;
  const parts = targetParts(href);
  const whole = wholeSlot(parts);
  if (whole?.path.startsWith('link.')) {
    delete node.properties.href;
    node.properties.dataSlot = whole.path;
    return;
  }
  node.properties.href = writtenTarget(href);
  if (saysItsAddress(node)) node.children = parts.map(renderPart);
}

/** Whether the text of a link is its address. Then its slots are filled in both as in an address. */
const saysItsAddress = ({ children: [only, more], properties: { href } }: Element): boolean =>
  more === undefined && only?.type === 'text' && writtenTarget(only.value) === href;

const renderPart = (part: TargetPart): ElementContent =>
  typeof part === 'string'
    ? { type: 'text', value: part }
    : { type: 'element', tagName: 'slot', properties: { ...part, use: 'part' }, children: [] };

function withoutBlankEdges(children: HastContent[]): HastContent[] {
  const isBlank = (node: HastContent | undefined) => node?.type === 'text' && node.value.trim() === '';
  const kept = children.filter((node, i) => !(isBlank(node) && (i === 0 || i === children.length - 1)));
  return kept.filter((node) => !(node.type === 'text' && node.value === '\n'));
}

function isContent(node: HastContent): node is ElementContent {
  return node.type === 'element' || node.type === 'text';
}
