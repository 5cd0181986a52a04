/** Content of a document (sanitised hast) -> HTML that fits into a mail. */
import type { Element, ElementContent, Nodes } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { verbatim, wordsOf } from '../../issue/content/words.ts';
import type { Content, Image } from '../../issue/document/document.ts';
import { filledLabel, type PrintSlot } from '../slots/label.ts';
import { usefulAlt } from './alt-text.ts';
import { hangingLines } from './code-lines.ts';
import { type Direction, withDirections } from './direction.ts';
import { highlight } from './highlight.ts';
import { linkAddress, pictureAddress } from './url.ts';

/** What turns content into HTML for one issue. */
export interface ContentSettings {
  baseUrl: string | null;
  /** Where a picture is served from instead, or null to leave it. */
  image: (url: string) => string | null;
  /** In px of the file, where known. */
  sizeOf?: (url: string) => Size | null;
  /** Of the issue; `ltr` where it is not said. */
  direction?: Direction;
  /** A marker that becomes a slot of the edition. */
  slot: PrintSlot;
  /** What a picture is called that stands for itself, and of which nobody wrote what it shows. */
  picture?: string;
  /** Widest picture in px. */
  width: number;
  /** Chinese, Japanese or Korean text: a single no-break blank in it is an accident of the editor it was pasted from. */
  breakBlanks?: boolean;
}

export interface Size {
  width: number;
  height: number;
}

/** What a template sees of a picture. */
export interface Picture {
  src: string;
  /** It is served from our own place: we know what it needs to be seen in the dark. */
  mirrored: boolean;
  /** '' for a picture that says nothing. */
  alt: string;
  width: number | null;
  height: number | null;
  /** Its height where a theme stretches it over the whole width of the text. */
  fullHeight: number | null;
}

/** In Outlook, in px; everywhere else a picture whose size nobody knows has its own. */
export const FALLBACK_PICTURE_WIDTH = 480;
/** No picture up to here, in px, makes a phone scroll sideways. */
const NARROW = 200;

/** The content as an HTML fragment: addresses absolute, pictures bounded, code coloured, slots marked. */
export function contentHtml(painter: ContentSettings, content: Content): string {
  const directed = withDirections(content, painter.direction ?? 'ltr');
  const children = directed.flatMap((node) => paint(painter, node));
  const html = toHtml(
    { type: 'root', children },
    { closeSelfClosing: true, characterReferences: { useNamedReferences: false } },
  );
  return html.replace(TAGS, (tag) => tag.replace(/"[^"]*"/g, withoutMarkup));
}

const TAGS = /<[a-z][a-z0-9]*(?:\s+[^\s="<>/]+(?:="[^"]*")?)*\s*\/?>/gi;

/** HTML allows `<` in an attribute; whoever looks for MJML tags should not find one there. */
const withoutMarkup = (value: string): string => value.replaceAll('<', '&#x3C;').replaceAll('>', '&#x3E;');

/** A picture for a template; `spoken` is said where its own alt is junk. Null when it cannot be shown. */
export function picture(painter: ContentSettings, image: Image | undefined, spoken = ''): Picture | null {
  // The mirror knows a picture by the address as written, which may be relative to the file.
  const own = image && painter.image(image.url);
  const address = image && (own ?? pictureAddress(painter, image.url));
  if (!address) return null;
  const alt = filledLabel(painter.slot, usefulAlt(image.alt)) || spoken;
  const shown = { src: address, mirrored: own !== null, alt };
  return { ...shown, ...sizeWithin(painter.width, image, painter.sizeOf?.(image.url) ?? null) };
}

/** The size as written, completed by the file's own; a picture is never wider than the text. */
function sizeWithin(
  widest: number,
  { width: asked, height: askedHeight }: Image,
  own: Size | null,
): Pick<Picture, 'width' | 'height' | 'fullHeight'> {
  const width = asked ?? (askedHeight && own ? (askedHeight * own.width) / own.height : own?.width);
  if (!width) return { width: null, height: askedHeight ?? null, fullHeight: null };
  const height = asked && askedHeight ? askedHeight : own ? (width * own.height) / own.width : askedHeight;
  const scale = Math.min(1, widest / width);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: height ? Math.max(1, Math.round(height * scale)) : null,
    fullHeight: height ? Math.max(1, Math.round((height * widest) / width)) : null,
  };
}

/** Only the words, as plain text on one line; a picture by what it says, a slot by its fallback. */
export function contentWords(content: readonly Nodes[]): string {
  return wordsOf(content, {
    picture: (image) => usefulAlt(String(image.properties.alt ?? '')),
    slot: (_, fallback) => fallback ?? '',
  });
}

function paint(painter: ContentSettings, node: ElementContent): ElementContent[] {
  if (node.type === 'comment') return [];
  if (node.type === 'text' && painter.breakBlanks) return [{ ...node, value: withBlanks(node.value) }];
  if (node.type !== 'element') return [node];
  return (SPECIAL[node.tagName] ?? inside)(painter, node);
}

const withBlanks = (text: string): string => text.replace(/(?<!\u00a0)\u00a0(?!\u00a0)/g, ' ');

type Brush = (painter: ContentSettings, element: Element) => ElementContent[];

const inside: Brush = (painter, element) => [
  { ...element, children: element.children.flatMap((child) => paint(painter, child)) },
];

const SPECIAL: Record<string, Brush | undefined> = {
  slot(painter, element) {
    const { path, fallback } = element.properties;
    const use = element.properties.use === 'part' ? 'part' : 'words';
    const value = painter.slot(String(path), typeof fallback === 'string' ? fallback : undefined, use);
    return [{ type: 'text', value }];
  },
  a(painter, element) {
    const href = hrefOf(painter, element);
    const children = element.children.flatMap((child) => paint(painter, child));
    if (href === null) return children;
    const { title } = element.properties;
    return [{ ...element, properties: title ? { href, title } : { href }, children }];
  },
  img(painter, element) {
    const written = imageOf(element);
    const image = picture(painter, written, isIcon(written) ? '' : painter.picture);
    if (image === null)
      return [
        { type: 'text', value: filledLabel(painter.slot, usefulAlt(String(element.properties.alt ?? ''))) },
      ];
    const { src, alt, width, height, mirrored } = image;
    const className = mirrored ? undefined : ['web'];
    // Outlook knows no `max-width`: a picture of unknown size gets one there, and its own size everywhere else.
    const size = width ? { width, ...(height && { height }), ...bound(width) } : UNKNOWN_SIZE;
    return [{ ...element, properties: { src, alt, className, ...size }, children: [] }];
  },
  pre(painter, element) {
    const code = element.children.find((child) => child.type === 'element' && child.tagName === 'code');
    if (code?.type !== 'element') return inside(painter, element);
    return [codeBlock(verbatim(code.children).replace(/\n$/, ''), languageOf(code))];
  },
  table(painter, element) {
    const [table] = inside(painter, element);
    return [
      {
        type: 'element',
        tagName: 'div',
        properties: { className: ['scroll'], tabIndex: 0 },
        children: [table!],
      },
    ];
  },
  li(painter, element) {
    const [item] = inside(painter, element) as [Element];
    // A box is mark enough for a task.
    if (!/^[☑☐]/.test(contentWords(element.children))) return [item];
    return [{ ...item, properties: { ...item.properties, className: ['task'] } }];
  },
};

const UNKNOWN_SIZE = { width: FALLBACK_PICTURE_WIDTH, style: 'width:auto' };

/** Wide ones are as wide as there is room: where pictures are blocked, a plain `max-width` keeps a table wide. */
const bound = (width: number) => width > NARROW && { style: `width:100%;max-width:${width}px` };

/** A listing whose lines wrap below their indent and whose colours are classes. */
export function codeBlock(code: string, language: string | undefined): Element {
  return {
    type: 'element',
    tagName: 'pre',
    properties: {},
    children: hangingLines(highlight(code, language)),
  };
}

/** Where a link leads; `dataSlot` names a slot that differs per reader, e.g. `link.unsubscribe`. */
function hrefOf(painter: ContentSettings, { properties }: Element): string | null {
  if (typeof properties.dataSlot === 'string') return painter.slot(properties.dataSlot);
  return linkAddress(painter, String(properties.href ?? ''));
}

function imageOf(element: Element): Image {
  const { src, alt, width, height } = element.properties;
  return { url: String(src ?? ''), alt: String(alt ?? ''), width: pixels(width), height: pixels(height) };
}

/** Small pictures among words are decoration. */
const isIcon = ({ width, height }: Image): boolean => Math.min(width ?? 999, height ?? 999) <= MAX_ICON_PX;
const MAX_ICON_PX = 32;

/** `300`, `300px`; a share such as `100%` is no size. */
function pixels(value: unknown): number | undefined {
  const number = /^\s*(\d+)(px)?\s*$/.exec(String(value ?? ''))?.[1];
  return number && Number(number) > 0 ? Number(number) : undefined;
}

function languageOf(code: Element): string | undefined {
  const names = Array.isArray(code.properties.className) ? code.properties.className : [];
  const name = names.map(String).find((each) => each.startsWith('language-'));
  return name?.slice('language-'.length).toLowerCase();
}
