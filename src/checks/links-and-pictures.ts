/** The links and pictures anywhere in a document, in reading order. */
import type { Element } from 'hast';
import { contentText } from '../issue/content/content-text.ts';
import type { Document } from '../issue/document/document.ts';

export interface FoundLink {
  url: string;
  /** Its words; '' if the link has none of its own. */
  text: string;
  /** The line of the nearest block. */
  line: number;
}

export interface FoundPicture {
  url: string;
  alt: string;
  line: number;
  /** A card or a section provides an alt text if its own is useless. */
  hasFallbackAlt: boolean;
}

interface LinksAndPictures {
  links: FoundLink[];
  pictures: FoundPicture[];
}

const known = new WeakMap<Document, LinksAndPictures>();

export function linksAndPicturesOf(document: Document): LinksAndPictures {
  const parts = known.get(document) ?? collect(document);
  known.set(document, parts);
  return parts;
}

/** Every picture address anywhere in the document. */
export const pictureUrls = (document: Document): Set<string> =>
  new Set(linksAndPicturesOf(document).pictures.map(({ url }) => url));

function collect(document: Document): LinksAndPictures {
  const parts: LinksAndPictures = { links: [], pictures: [] };
  if (document.cover) parts.pictures.push({ url: document.cover, alt: '', line: 1, hasFallbackAlt: true });
  for (const block of document.blocks) {
    const hasFallbackAlt = block.kind !== 'image';
    visit(block, { line: block.line, hasFallbackAlt }, parts);
  }
  return parts;
}

interface Place {
  line: number;
  hasFallbackAlt: boolean;
}

function visit(value: unknown, place: Place, parts: LinksAndPictures): void {
  if (Array.isArray(value)) for (const item of value) visit(item, place, parts);
  else if (typeof value === 'object' && value !== null) visitNode(value as Node, place, parts);
}

interface Node {
  type?: unknown;
  url?: unknown;
  alt?: unknown;
  line?: unknown;
}

function visitNode(node: Node, outer: Place, parts: LinksAndPictures): void {
  if (node.type === 'element') visitElement(node as Element, outer, parts);
  else if (node.type !== 'text') visitItem(node, outer, parts);
}

/** Visits a block or an item of one: a question, a reading, a picture. */
function visitItem(node: Node, outer: Place, parts: LinksAndPictures): void {
  const place = { ...outer, line: typeof node.line === 'number' ? node.line : outer.line };
  if (typeof node.url === 'string') {
    if (typeof node.alt === 'string') parts.pictures.push({ url: node.url, alt: node.alt, ...place });
    else parts.links.push({ url: node.url, text: '', line: place.line });
  }
  for (const part of Object.values(node)) visit(part, place, parts);
}

function visitElement(node: Element, { line }: Place, parts: LinksAndPictures): void {
  const { href, src, alt } = node.properties;
  if (node.tagName === 'a' && typeof href === 'string')
    parts.links.push({ url: href, text: contentText(node.children), line });
  if (node.tagName === 'img' && typeof src === 'string')
    parts.pictures.push({ url: src, alt: typeof alt === 'string' ? alt : '', line, hasFallbackAlt: false });
  visit(node.children, { line, hasFallbackAlt: false }, parts);
}
