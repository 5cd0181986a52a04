/** The links and pictures of a document, wherever they stand in it, in reading order. */
import type { Element } from 'hast';
import { contentText } from '../issue/content/content-text.ts';
import type { Document } from '../issue/document/document.ts';

export interface FoundLink {
  url: string;
  /** What is read; '' where the link has no words of its own here. */
  text: string;
  /** Of the nearest block. */
  line: number;
}

export interface FoundPicture {
  url: string;
  alt: string;
  line: number;
  /** A card or a section gives it its words where its own say nothing. */
  isSpokenFor: boolean;
}

export interface LinksAndPictures {
  links: FoundLink[];
  pictures: FoundPicture[];
}

const known = new WeakMap<Document, LinksAndPictures>();

export function linksAndPicturesOf(document: Document): LinksAndPictures {
  const parts = known.get(document) ?? collect(document);
  known.set(document, parts);
  return parts;
}

/** Every picture address in the document, wherever it stands. */
export const pictureUrls = (document: Document): Set<string> =>
  new Set(linksAndPicturesOf(document).pictures.map(({ url }) => url));

function collect(document: Document): LinksAndPictures {
  const parts: LinksAndPictures = { links: [], pictures: [] };
  if (document.cover) parts.pictures.push({ url: document.cover, alt: '', line: 1, isSpokenFor: true });
  for (const block of document.blocks) {
    const isSpokenFor = block.kind !== 'image';
    visit(block, { line: block.line, isSpokenFor }, parts);
  }
  return parts;
}

interface Place {
  line: number;
  isSpokenFor: boolean;
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

function visitNode(node: Node, around: Place, parts: LinksAndPictures): void {
  if (node.type === 'element') visitElement(node as Element, around, parts);
  else if (node.type !== 'text') visitThing(node, around, parts);
}

/** A block, or what it is made of: a question, a reading, a picture. */
function visitThing(node: Node, around: Place, parts: LinksAndPictures): void {
  const place = { ...around, line: typeof node.line === 'number' ? node.line : around.line };
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
    parts.pictures.push({ url: src, alt: typeof alt === 'string' ? alt : '', line, isSpokenFor: false });
  visit(node.children, { line, isSpokenFor: false }, parts);
}
