/** Content of a document (sanitised hast) -> lines of plain text. */
import type { Element, ElementContent } from 'hast';
import { inlineText, isBlockElement, type TextStyle, verbatim } from '../../issue/content/content-text.ts';
import type { Content } from '../../issue/document/document.ts';
import { usefulAlt } from '../content/alt-text.ts';
import { filledLabel } from '../slots/label.ts';
import { listMark } from './list-mark.ts';
import { rowLines } from './table.ts';
import { link, pictureLink, type TextWriter } from './text-writer.ts';
import { hang, spaced, wrap } from './wrap.ts';

/** The content as lines of at most `columns`, with an empty line between two blocks. */
export function contentLines(writer: TextWriter, content: Content, columns: number): string[] {
  const blocks = runs(content).map((run) => {
    const only = run[0]!;
    return isBlockElement(only)
      ? blockLines(writer, only, columns)
      : wrap(inline(writer, run).trim(), columns);
  });
  return spaced(blocks);
}

/** Groups neighbouring inline nodes; each block is a group of its own. */
function runs(content: Content): ElementContent[][] {
  const found: ElementContent[][] = [];
  for (const node of content) {
    const last = found.at(-1);
    if (last && !isBlockElement(node) && !isBlockElement(last[0]!)) last.push(node);
    else found.push([node]);
  }
  return found;
}

function blockLines(writer: TextWriter, element: Element, columns: number): string[] {
  switch (element.tagName) {
    case 'ul':
    case 'ol':
      return listLines(writer, element, columns);
    case 'blockquote':
      return hang(contentLines(writer, element.children, columns - 2), '> ', '> ');
    case 'dl':
      return definitionLines(writer, element, columns);
    case 'pre':
      return hang(verbatim(element.children).replace(/\n$/, '').split('\n'), '    ', '    ');
    case 'table':
      return tableLines(writer, element, columns);
    case 'hr':
      return ['* * *'];
    default:
      return contentLines(writer, element.children, columns);
  }
}

function listLines(writer: TextWriter, list: Element, columns: number): string[] {
  const items = elementsIn(list).filter((child) => child.tagName === 'li');
  const mark = listMark(list, items.length);
  const blocks = items.map((item) => {
    const before = mark(item);
    const lines = contentLines(writer, item.children, columns - before.length);
    return hang(lines.length > 0 ? lines : [''], before);
  });
  return blocks.some((lines) => lines.includes('')) ? spaced(blocks) : blocks.flat();
}

/** Footnotes, each after its number. */
export function footnoteLines(writer: TextWriter, content: Content, columns: number): string[] {
  const items = content.flatMap((node) => (node.type === 'element' ? elementsIn(node) : []));
  return items.flatMap((item, index) => {
    const mark = `[${index + 1}] `;
    return hang(contentLines(writer, item.children, columns - mark.length), mark);
  });
}

/** Definitions are indented below their terms. */
function definitionLines(writer: TextWriter, list: Element, columns: number): string[] {
  return elementsIn(list).flatMap((child) =>
    child.tagName === 'dd'
      ? hang(contentLines(writer, child.children, columns - 4), '    ', '    ')
      : contentLines(writer, [child], columns),
  );
}

const elementsIn = (element: Element): Element[] =>
  element.children.filter((child) => child.type === 'element');

function tableLines(writer: TextWriter, table: Element, columns: number): string[] {
  const caption = descendants(table, 'caption').flatMap((each) =>
    contentLines(writer, each.children, columns),
  );
  const voice = { cell: (cell: Element) => inline(writer, cell.children), pair: writer.pair };
  return [...caption, ...rowLines(voice, descendants(table, 'tr'), columns)];
}

function descendants(element: Element, tagName: string): Element[] {
  return elementsIn(element).flatMap((child) =>
    child.tagName === tagName ? [child] : descendants(child, tagName),
  );
}

function inline(writer: TextWriter, nodes: readonly ElementContent[]): string {
  return inlineText(nodes, voiceOf(writer));
}

/** The text keeps what was struck out, and marks it. */
const voiceOf = (writer: TextWriter): TextStyle => ({
  struck: 'marked',
  notes: true,
  slot: writer.slot,
  picture: (image) => inlinePicture(writer, image),
  link: (anchor, label) => anchorText(writer, anchor, label.trim()),
  code: (words) => `\`${words}\``,
  block: (element) => contentLines(writer, [element], 10_000).join('\n'),
});

function anchorText(writer: TextWriter, { properties }: Element, label: string): string {
  if (typeof properties.dataSlot === 'string') return `${label} <${writer.slot(properties.dataSlot)}>`;
  return link(writer, label, String(properties.href ?? ''));
}

/** Small pictures between words are decoration; others give their alt text, or their address without one. */
function inlinePicture(writer: TextWriter, { properties: { alt, src, width, height } }: Element): string {
  const spoken = usefulAlt(String(alt ?? ''));
  if (spoken) return `[${filledLabel(writer.slot, spoken)}]`;
  const isSmall = [width, height].some((size) => Number.parseInt(String(size), 10) <= MAX_ICON_PX);
  return isSmall ? '' : pictureLink(writer, String(src ?? ''));
}

const MAX_ICON_PX = 32;
