/**
 * Takes lines out of a quote that Markdown folded into it because no blank line precedes them: an answer, the project
 * line, the header of the next question.
 */
import type { Blockquote, List, ListItem, Paragraph, RootContent } from 'mdast';
import { lineText } from '../markdown/tree/text.ts';
import { type Line, linesOf, linksIn, paragraphOf } from './lines.ts';
import { isAskingLine, startsAnswer } from './qa-headers.ts';
import { takeSourceLine } from './source-line.ts';

/** Splits a quote into the blocks that were meant, and a paragraph into its answers. Other blocks stay as they are. */
export function unfoldQuote(node: RootContent): RootContent[] {
  if (node.type === 'paragraph') return piecesOf(node);
  if (node.type !== 'blockquote') return [node];
  const parts: RootContent[] = [];
  for (const child of node.children) {
    for (const piece of opened(child)) place(piece as Blockquote['children'][number], parts, node);
  }
  return parts.flatMap((part, i) => (i === parts.length - 1 ? withoutSource(part) : [part]));
}

/** A part of a quote, and what was folded into its last paragraph at any depth: `> - item`, then `A：…`. */
function opened(node: RootContent): RootContent[] {
  if (node.type === 'paragraph') return piecesOf(node);
  const last = isNest(node) ? node.children.at(-1) : undefined;
  const [kept, ...folded] = last ? opened(last) : [];
  if (!isNest(node) || kept === undefined || folded.length === 0) return [node];
  return [{ ...node, children: [...node.children.slice(0, -1), kept] } as RootContent, ...folded];
}

function isNest(node: RootContent): node is Blockquote | List | ListItem {
  return node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem';
}

/** What follows an answer belongs to it, outside the quote; what follows a header begins a new quote. */
function place(piece: Blockquote['children'][number], parts: RootContent[], quote: Blockquote): void {
  const last = parts.at(-1);
  const said = piece.type === 'paragraph' ? (linesOf(piece)[0]?.text ?? '') : '';
  if (startsAnswer(said) || isAskingLine(said)) parts.push(piece as RootContent);
  else if (last?.type === 'blockquote') last.children.push(piece);
  else if (last?.type === 'paragraph' && !isHeader(last)) parts.push(piece as RootContent);
  else parts.push({ ...quote, children: [piece], position: piece.position });
}

function isHeader(paragraph: Paragraph): boolean {
  return isAskingLine(linesOf(paragraph)[0]?.text ?? '');
}

/** Splits the paragraph before each answer and around each header. */
function piecesOf(paragraph: Paragraph): Paragraph[] {
  const groups: Line[][] = [[]];
  let apart = false;
  linesOf(paragraph).forEach((line, i, all) => {
    const asks = isAskingLine(line.text);
    if (apart || asks || (startsAnswer(line.text) && !isSecondChoice(all[i + 1]?.text ?? '')))
      groups.push([]);
    groups.at(-1)?.push(line);
    apart = asks;
  });
  return groups.flatMap((lines) => paragraphOf(lines, paragraph));
}

/** `A：…` above `B：…` is the first of two choices, not an answer. */
function isSecondChoice(text: string): boolean {
  return /^\**\s*B\s*[：:]/.test(text.trim());
}

/** Takes a project line out of the end of a quote. */
function withoutSource(part: RootContent): RootContent[] {
  const last = part.type === 'blockquote' ? part.children.at(-1) : undefined;
  if (part.type !== 'blockquote' || last?.type !== 'paragraph') return [part];
  const { rest, source } = takeSourceLine(last);
  if (source === null) return [part];
  const said = [...part.children.slice(0, -1), ...rest];
  const lines = linesOf(last).slice(rest.length > 0 ? linesOf(rest[0] as Paragraph).length : 0);
  const quote: RootContent[] = said.length > 0 ? [{ ...part, children: said }] : [];
  return [...quote, ...paragraphOf(lines, last)];
}

/** Joins `「Project」：` with a paragraph below it that is nothing but a link, since readers see one line. */
export function joinSourceLines(nodes: readonly RootContent[]): RootContent[] {
  const kept: RootContent[] = [];
  for (const node of nodes) {
    const above = kept.at(-1);
    if (!isLabel(above) || !isLinkAlone(node)) kept.push(node);
    else kept.splice(-1, 1, { ...above, children: [...above.children, { type: 'break' }, ...node.children] });
  }
  return kept;
}

function isLabel(node: RootContent | undefined): node is Paragraph {
  if (node?.type !== 'paragraph') return false;
  const [only, more] = linesOf(node);
  return more === undefined && /^[「【][^」】]{1,40}[」】]\s*[：:]$/.test(only?.text ?? '');
}

function isLinkAlone(node: RootContent): node is Paragraph {
  if (node.type !== 'paragraph') return false;
  const [link, more] = linksIn(node);
  return link !== undefined && more === undefined && lineText(link) === lineText(node);
}
