/** Content of a document (sanitised hast) -> lines of plain text that read well alone. */
import type { Element, ElementContent } from 'hast';
import { isBlockElement, say, type Voice, verbatim } from '../../issue/content/words.ts';
import type { Content } from '../../issue/document/document.ts';
import { usefulAlt } from '../content/alt-text.ts';
import { linkAddress, pictureAddress } from '../content/url.ts';
import { filledLabel, type PrintSlot } from '../slots/label.ts';
import { listMark } from './list-mark.ts';
import { rowLines } from './table.ts';
import { displayWidth, hang, wrap } from './wrap.ts';

/** What writes the text of one issue. */
export interface TextWriter {
  baseUrl: string | null;
  slot: PrintSlot;
  /** Addresses to be listed below what is being written. */
  notes: { number: number; url: string }[];
  /** The last number given; they run through the whole text. */
  noted: number;
  /** Numbers in brackets that the issue itself uses: its footnotes, and those written by hand. */
  taken: ReadonlySet<number>;
  /** What a picture is called of which nobody wrote what it shows. */
  picture: string;
  /** `label: value`, with the colon of the language. */
  pair(label: string, value: string): string;
  /** Where media are served from, where they are: as in `Painter`. */
  image?: (url: string) => string | null;
}

/** The content as lines of at most `columns`; an empty line stands between two blocks. */
export function contentLines(scribe: TextWriter, content: Content, columns: number): string[] {
  const blocks = runs(content).map((run) => {
    const only = run[0]!;
    return isBlockElement(only)
      ? blockLines(scribe, only, columns)
      : wrap(inline(scribe, run).trim(), columns);
  });
  return spaced(blocks);
}

/** Blocks of lines with one empty line between them. */
export function spaced(blocks: readonly string[][]): string[] {
  return blocks
    .filter((lines) => lines.some((line) => line !== ''))
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** A label with its address: short ones at once, others as a numbered note. */
export function link(scribe: TextWriter, label: string, href: string): string {
  const url = linkAddress(scribe, href);
  if (url === null) return label;
  if (label === '' || sameAddress(label, url)) return url.replace(/^mailto:/, '');
  return noted(scribe, label, url);
}

function noted(scribe: TextWriter, label: string, url: string): string {
  if (displayWidth(label) + url.length <= 60) return `${label} <${url}>`;
  return `${label} [${numberOf(scribe, url)}]`;
}

/** One number leads to one place in a whole mail, whatever the author numbered by hand or by footnotes. */
function numberOf(scribe: TextWriter, url: string): number {
  const known = scribe.notes.find((note) => note.url === url);
  if (known) return known.number;
  do scribe.noted += 1;
  while (scribe.taken.has(scribe.noted));
  scribe.notes.push({ number: scribe.noted, url });
  return scribe.noted;
}

/** The notes of what was just written; starts a new list. */
export function takeLinkNotes(scribe: TextWriter): string[] {
  const lines = scribe.notes.map(({ number, url }) => `[${number}] ${url}`);
  scribe.notes = [];
  return lines;
}

const sameAddress = (label: string, url: string): boolean =>
  bare(label) === bare(url) || bare(label) === bare(decoded(url));

const bare = (address: string): string => address.replace(/^(https?:\/\/|mailto:)/i, '').replace(/\/$/, '');

function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** Neighbouring inline nodes as one run; a block alone. */
function runs(content: Content): ElementContent[][] {
  const found: ElementContent[][] = [];
  for (const node of content) {
    const last = found.at(-1);
    if (last && !isBlockElement(node) && !isBlockElement(last[0]!)) last.push(node);
    else found.push([node]);
  }
  return found;
}

function blockLines(scribe: TextWriter, element: Element, columns: number): string[] {
  switch (element.tagName) {
    case 'ul':
    case 'ol':
      return listLines(scribe, element, columns);
    case 'blockquote':
      return hang(contentLines(scribe, element.children, columns - 2), '> ', '> ');
    case 'dl':
      return definitionLines(scribe, element, columns);
    case 'pre':
      return hang(verbatim(element.children).replace(/\n$/, '').split('\n'), '    ', '    ');
    case 'table':
      return tableLines(scribe, element, columns);
    case 'hr':
      return ['* * *'];
    default:
      return contentLines(scribe, element.children, columns);
  }
}

function listLines(scribe: TextWriter, list: Element, columns: number): string[] {
  const items = elementsIn(list).filter((child) => child.tagName === 'li');
  const mark = listMark(list, items.length);
  const blocks = items.map((item) => {
    const before = mark(item);
    const lines = contentLines(scribe, item.children, columns - before.length);
    return hang(lines.length > 0 ? lines : [''], before);
  });
  return blocks.some((lines) => lines.includes('')) ? spaced(blocks) : blocks.flat();
}

/** By the numbers that call them. */
export function footnoteLines(scribe: TextWriter, content: Content, columns: number): string[] {
  const items = content.flatMap((node) => (node.type === 'element' ? elementsIn(node) : []));
  return items.flatMap((item, index) => {
    const mark = `[${index + 1}] `;
    return hang(contentLines(scribe, item.children, columns - mark.length), mark);
  });
}

/** What a term means stands below it, indented. */
function definitionLines(scribe: TextWriter, list: Element, columns: number): string[] {
  return elementsIn(list).flatMap((child) =>
    child.tagName === 'dd'
      ? hang(contentLines(scribe, child.children, columns - 4), '    ', '    ')
      : contentLines(scribe, [child], columns),
  );
}

const elementsIn = (element: Element): Element[] =>
  element.children.filter((child) => child.type === 'element');

function tableLines(scribe: TextWriter, table: Element, columns: number): string[] {
  const caption = descendants(table, 'caption').flatMap((each) =>
    contentLines(scribe, each.children, columns),
  );
  const voice = { cell: (cell: Element) => inline(scribe, cell.children), pair: scribe.pair };
  return [...caption, ...rowLines(voice, descendants(table, 'tr'), columns)];
}

function descendants(element: Element, tagName: string): Element[] {
  return elementsIn(element).flatMap((child) =>
    child.tagName === tagName ? [child] : descendants(child, tagName),
  );
}

function inline(scribe: TextWriter, nodes: readonly ElementContent[]): string {
  return say(nodes, voiceOf(scribe));
}

/** In text, what was struck out is still there, and says so. */
const voiceOf = (scribe: TextWriter): Voice => ({
  struck: 'marked',
  notes: true,
  slot: scribe.slot,
  picture: (image) => inlinePicture(scribe, image),
  link: (anchor, label) => anchorText(scribe, anchor, label.trim()),
  code: (words) => `\`${words}\``,
  block: (element) => contentLines(scribe, [element], 10_000).join('\n'),
});

function anchorText(scribe: TextWriter, { properties }: Element, label: string): string {
  if (typeof properties.dataSlot === 'string') return `${label} <${scribe.slot(properties.dataSlot)}>`;
  return link(scribe, label, String(properties.href ?? ''));
}

/** Among words, small ones are decoration; others are named, and where nobody wrote what they show, told the way to. */
function inlinePicture(scribe: TextWriter, { properties: { alt, src, width, height } }: Element): string {
  const spoken = usefulAlt(String(alt ?? ''));
  if (spoken) return `[${filledLabel(scribe.slot, spoken)}]`;
  const isSmall = [width, height].some((size) => Number.parseInt(String(size), 10) <= ICON);
  return isSmall ? '' : pictureLink(scribe, String(src ?? ''));
}

/** In px. */
const ICON = 32;

/** `[picture]` with its address; '' where it has none. */
export function pictureLink(scribe: TextWriter, src: string): string {
  const address = pictureAddress(scribe, src);
  return address === null || address.startsWith('data:') ? '' : noted(scribe, `[${scribe.picture}]`, address);
}
