/** Content of a document (sanitised hast) -> lines of plain text that read well alone. */
import type { Element, ElementContent } from 'hast';
import type { Content } from '../issue/document.ts';
import { spokenAlt } from './alt.ts';
import { absoluteUrl } from './url.ts';
import { displayWidth, hang, wrap } from './wrap.ts';

/** What writes the text of one issue. */
export interface Scribe {
  baseUrl: string | null;
  slot: (path: string, fallback?: string) => string;
  /** Addresses to be listed below what is being written; their numbers run through the whole text. */
  notes: string[];
  /** How many notes were listed before. */
  noted: number;
  /** Where media are served from, where they are: as in `Painter`. */
  image?: (url: string) => string | null;
}

const BLOCKS = new Set(
  'p ul ol li blockquote pre table h1 h2 h3 h4 h5 h6 hr div center details summary section dl dt dd figure figcaption'.split(
    ' ',
  ),
);

/** The content as lines of at most `columns`; an empty line stands between two blocks. */
export function contentLines(scribe: Scribe, content: Content, columns: number): string[] {
  const blocks = runs(content).map((run) => {
    const only = run[0]!;
    return only.type === 'element' && isBlock(only)
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
export function link(scribe: Scribe, label: string, href: string): string {
  const url = absoluteUrl(href, scribe.baseUrl);
  if (url === null) return label;
  if (label === '' || sameAddress(label, url)) return url.replace(/^mailto:/, '');
  if (displayWidth(label) + url.length <= 60) return `${label} <${url}>`;
  const at = scribe.notes.indexOf(url);
  const number = scribe.noted + (at >= 0 ? at + 1 : scribe.notes.push(url));
  return `${label} [${number}]`;
}

/** The notes of what was just written; starts a new list. */
export function takeNotes(scribe: Scribe): string[] {
  const lines = scribe.notes.map((url, index) => `[${scribe.noted + index + 1}] ${url}`);
  scribe.noted += scribe.notes.length;
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

const isBlock = (node: ElementContent): boolean => node.type === 'element' && BLOCKS.has(node.tagName);

/** Neighbouring inline nodes as one run; a block alone. */
function runs(content: Content): ElementContent[][] {
  const found: ElementContent[][] = [];
  for (const node of content) {
    const last = found.at(-1);
    if (last && !isBlock(node) && !isBlock(last[0]!)) last.push(node);
    else found.push([node]);
  }
  return found;
}

function blockLines(scribe: Scribe, element: Element, columns: number): string[] {
  switch (element.tagName) {
    case 'ul':
    case 'ol':
      return listLines(scribe, element, columns);
    case 'blockquote':
      return hang(contentLines(scribe, element.children, columns - 2), '> ', '> ');
    case 'pre':
      return hang(raw(element).replace(/\n$/, '').split('\n'), '    ', '    ');
    case 'table':
      return tableLines(scribe, element, columns);
    case 'hr':
      return ['* * *'];
    default:
      return contentLines(scribe, element.children, columns);
  }
}

function listLines(scribe: Scribe, list: Element, columns: number): string[] {
  const items = list.children.filter((child) => child.type === 'element' && child.tagName === 'li');
  const start = Number(list.properties.start ?? 1);
  const blocks = items.map((item, index) => {
    const mark = list.tagName === 'ol' ? `${start + index}. ` : '- ';
    const lines = contentLines(scribe, (item as Element).children, columns - mark.length);
    return hang(lines.length > 0 ? lines : [''], mark);
  });
  return blocks.some((lines) => lines.includes('')) ? spaced(blocks) : blocks.flat();
}

function tableLines(scribe: Scribe, table: Element, columns: number): string[] {
  return descendants(table, 'tr').flatMap((row) => {
    const cells = row.children.filter((cell) => cell.type === 'element') as Element[];
    const line = cells.map((cell) => inline(scribe, cell.children).replace(/\s+/g, ' ').trim()).join(' | ');
    const lines = hang(wrap(line, columns - 2), '', '  ');
    return cells.every((cell) => cell.tagName === 'th')
      ? [...lines, '-'.repeat(Math.min(columns, 24))]
      : lines;
  });
}

function descendants(element: Element, tagName: string): Element[] {
  const children = element.children.filter((child) => child.type === 'element') as Element[];
  return children.flatMap((child) => (child.tagName === tagName ? [child] : descendants(child, tagName)));
}

function inline(scribe: Scribe, nodes: readonly ElementContent[]): string {
  return nodes.map((node) => word(scribe, node)).join('');
}

function word(scribe: Scribe, node: ElementContent): string {
  if (node.type === 'text') return node.value.replace(/[ \t\n\r]+/g, ' ');
  if (node.type !== 'element') return '';
  const { tagName, properties } = node;
  switch (tagName) {
    case 'br':
      return '\n';
    case 'slot': {
      const { path, fallback } = properties;
      return scribe.slot(String(path), typeof fallback === 'string' ? fallback : undefined);
    }
    case 'a':
      return anchor(scribe, node);
    case 'img': {
      const alt = spokenAlt(String(properties.alt ?? ''));
      return alt && `[${alt}]`;
    }
    case 'code':
      return `\`${raw(node)}\``;
    default:
      return isBlock(node) ? contentLines(scribe, [node], 10_000).join('\n') : inline(scribe, node.children);
  }
}

function anchor(scribe: Scribe, { properties, children }: Element): string {
  const label = inline(scribe, children).trim();
  if (typeof properties.dataSlot === 'string') return `${label} <${scribe.slot(properties.dataSlot)}>`;
  return link(scribe, label, String(properties.href ?? ''));
}

const raw = (node: ElementContent): string => {
  if (node.type === 'text') return node.value;
  return node.type === 'element' ? node.children.map(raw).join('') : '';
};
