/** Content of a document (sanitised hast) -> HTML that mail programs can show. */
import type { Element, ElementContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { verbatim } from '../../issue/content/content-text.ts';
import type { Content, Image } from '../../issue/document/document.ts';
import { filledLabel } from '../slots/label.ts';
import { usefulAlt } from './alt-text.ts';
import { codeBlock } from './code-block.ts';
import type { ContentSettings } from './content-settings.ts';
import { contentWords } from './content-words.ts';
import { withDirections } from './direction.ts';
import { FALLBACK_PICTURE_WIDTH, picture } from './picture.ts';
import { linkAddress } from './url.ts';

/** A picture up to this width cannot make a phone scroll sideways. */
const MAX_NARROW_PX = 200;

/** The content as an HTML fragment: addresses absolute, pictures limited in width, code highlighted, slots as markers. */
export function contentHtml(settings: ContentSettings, content: Content): string {
  const directed = withDirections(content, settings.direction ?? 'ltr');
  const children = directed.flatMap((node) => renderNode(settings, node));
  const html = toHtml(
    { type: 'root', children },
    { closeSelfClosing: true, characterReferences: { useNamedReferences: false } },
  );
  return html.replace(TAGS, (tag) => tag.replace(/"[^"]*"/g, withoutMarkup));
}

const TAGS = /<[a-z][a-z0-9]*(?:\s+[^\s="<>/]+(?:="[^"]*")?)*\s*\/?>/gi;

/** HTML allows `<` in an attribute, but a search for MJML tags must not find one there. */
const withoutMarkup = (value: string): string => value.replaceAll('<', '&#x3C;').replaceAll('>', '&#x3E;');

function renderNode(settings: ContentSettings, node: ElementContent): ElementContent[] {
  if (node.type === 'comment') return [];
  if (node.type === 'text' && settings.breakBlanks)
    return [{ ...node, value: withBreakableSpaces(node.value) }];
  if (node.type !== 'element') return [node];
  return (HANDLERS[node.tagName] ?? withRenderedChildren)(settings, node);
}

const withBreakableSpaces = (text: string): string => text.replace(/(?<!\u00a0)\u00a0(?!\u00a0)/g, ' ');

type ElementHandler = (settings: ContentSettings, element: Element) => ElementContent[];

const withRenderedChildren: ElementHandler = (settings, element) => [
  { ...element, children: element.children.flatMap((child) => renderNode(settings, child)) },
];

const HANDLERS: Record<string, ElementHandler | undefined> = {
  slot(settings, element) {
    const { path, fallback } = element.properties;
    const use = element.properties.use === 'part' ? 'part' : 'words';
    const value = settings.slot(String(path), typeof fallback === 'string' ? fallback : undefined, use);
    return [{ type: 'text', value }];
  },
  a(settings, element) {
    const href = hrefOf(settings, element);
    const children = element.children.flatMap((child) => renderNode(settings, child));
    if (href === null) return children;
    const { title } = element.properties;
    return [{ ...element, properties: title ? { href, title } : { href }, children }];
  },
  img(settings, element) {
    const written = imageOf(element);
    const image = picture(settings, written, isIcon(written) ? '' : settings.picture);
    if (image === null)
      return [
        { type: 'text', value: filledLabel(settings.slot, usefulAlt(String(element.properties.alt ?? ''))) },
      ];
    const { src, alt, width, height, mirrored } = image;
    const className = mirrored ? undefined : ['web'];
    // Outlook ignores `max-width`, so a picture of unknown size gets a fixed width there and its own elsewhere.
    const size = width ? { width, ...(height && { height }), ...widthStyle(width) } : UNKNOWN_SIZE;
    return [{ ...element, properties: { src, alt, className, ...size }, children: [] }];
  },
  pre(settings, element) {
    const code = element.children.find((child) => child.type === 'element' && child.tagName === 'code');
    if (code?.type !== 'element') return withRenderedChildren(settings, element);
    return [codeBlock(verbatim(code.children).replace(/\n$/, ''), languageOf(code))];
  },
  table(settings, element) {
    const [table] = withRenderedChildren(settings, element);
    return [
      {
        type: 'element',
        tagName: 'div',
        properties: { className: ['scroll'], tabIndex: 0 },
        children: [table!],
      },
    ];
  },
  li(settings, element) {
    const [item] = withRenderedChildren(settings, element) as [Element];
    // A task has its checkbox and needs no bullet.
    if (!/^[☑☐]/.test(contentWords(element.children))) return [item];
    return [{ ...item, properties: { ...item.properties, className: ['task'] } }];
  },
};

const UNKNOWN_SIZE = { width: FALLBACK_PICTURE_WIDTH, style: 'width:auto' };

/** Wide pictures shrink to the space available: with pictures blocked, `max-width` alone would keep a table wide. */
const widthStyle = (width: number) => width > MAX_NARROW_PX && { style: `width:100%;max-width:${width}px` };

/** `dataSlot` names a slot that differs per reader, e.g. `link.unsubscribe`. */
function hrefOf(settings: ContentSettings, { properties }: Element): string | null {
  if (typeof properties.dataSlot === 'string') return settings.slot(properties.dataSlot);
  return linkAddress(settings, String(properties.href ?? ''));
}

function imageOf(element: Element): Image {
  const { src, alt, width, height } = element.properties;
  return { url: String(src ?? ''), alt: String(alt ?? ''), width: pixels(width), height: pixels(height) };
}

/** Small pictures between words are decoration. */
const isIcon = ({ width, height }: Image): boolean => Math.min(width ?? 999, height ?? 999) <= MAX_ICON_PX;
const MAX_ICON_PX = 32;

/** `300`, `300px`; a percentage is not a size. */
function pixels(value: unknown): number | undefined {
  const number = /^\s*(\d+)(px)?\s*$/.exec(String(value ?? ''))?.[1];
  return number && Number(number) > 0 ? Number(number) : undefined;
}

function languageOf(code: Element): string | undefined {
  const names = Array.isArray(code.properties.className) ? code.properties.className : [];
  const name = names.map(String).find((each) => each.startsWith('language-'));
  return name?.slice('language-'.length).toLowerCase();
}
