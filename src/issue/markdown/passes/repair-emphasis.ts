/**
 * Repairs bold that CommonMark does not see: it does not close `**` after a space or NBSP (`**官网: **[link]`), and
 * readers would see the asterisks. This pass pairs the asterisks that are left after parsing, within one line of one
 * parent, and removes a single pair of asterisks at the edge of its block.
 */
import type { Image, Nodes, Parents, PhrasingContent, Root, Strong, Text } from 'mdast';
import { walk } from '../tree/walk.ts';

type Piece = PhrasingContent | { type: 'marker'; before: string; after: string };

export function repairEmphasis(tree: Root, source: string): void {
  walk(tree, (node) => {
    if (node.type === 'image') repairAltText(node, source);
    if (!holdsPhrasing(node)) return;
    const children = node.children as PhrasingContent[];
    if (!children.some((child) => isMarked(child, source))) return;
    node.children = pairMarkers(children, source, node.type !== 'link') as never;
  });
}

function holdsPhrasing(node: Nodes): node is Parents {
  return (
    node.type === 'paragraph' ||
    node.type === 'heading' ||
    node.type === 'emphasis' ||
    node.type === 'strong' ||
    node.type === 'tableCell' ||
    node.type === 'link' ||
    node.type === 'delete'
  );
}

function isMarked(node: PhrasingContent, source: string): node is Text {
  return node.type === 'text' && node.value.includes('**') && !isEscaped(node, source);
}

/** Escaped asterisks are literal. */
const isEscaped = (node: Nodes, source: string): boolean => sourceOf(node, source).includes('\\*');

const sourceOf = ({ position }: Nodes, source: string): string =>
  source.slice(position?.start.offset ?? 0, position?.end.offset ?? 0);

function repairAltText(image: Image, source: string): void {
  if (!image.alt?.includes('****') || isEscaped(image, source)) return;
  if (!sourceOf(image, source).includes('`')) image.alt = withoutEmptyBold(image.alt);
}

/** For plain text: `中****文` -> `中文`. Text with code in it stays as it is. */
export function withoutEmptyBold(words: string): string {
  if (!words.includes('****') || words.includes('`')) return words;
  const pieces = split({ type: 'text', value: words });
  return pieces
    .map((piece, i) => (piece.type === 'marker' ? (isInEmptyBold(pieces, i) ? '' : '**') : textOf(piece)))
    .join('');
}

const textOf = (piece: Piece): string => (piece.type === 'text' ? piece.value : '');

function pairMarkers(children: PhrasingContent[], source: string, trimStray: boolean): PhrasingContent[] {
  const pieces = children.flatMap((child): Piece[] => (isMarked(child, source) ? split(child) : [child]));
  const repaired: Piece[] = [];
  for (const piece of pieces) {
    repaired.push(piece);
    if (piece.type !== 'marker') continue;
    const opener = openerOf(repaired);
    if (opener >= 0) repaired.push(...close(repaired.splice(opener)));
  }
  return withoutMarkers(repaired, trimStray);
}

function split(node: Text): Piece[] {
  const parts = node.value.split('**');
  return parts.flatMap((value, i): Piece[] => {
    const text: Piece[] = value === '' ? [] : [{ type: 'text', value, position: node.position }];
    if (i === 0) return text;
    return [{ type: 'marker', before: parts[i - 1]?.at(-1) ?? '', after: value[0] ?? '' }, ...text];
  });
}

/**
 * The index of the marker that opens the bold which the last piece closes: on the same line, with something between.
 * Else -1.
 */
function openerOf(pieces: Piece[]): number {
  for (let i = pieces.length - 2; i >= 0; i--) {
    const piece = pieces[i];
    if (piece?.type === 'marker') return i < pieces.length - 2 && canOpen(piece) ? i : -1;
    if (piece?.type === 'break' || (piece?.type === 'text' && piece.value.includes('\n'))) return -1;
  }
  return -1;
}

/** Not the stars of `F**k`, nor of `2 ** 3`. */
function canOpen({ before, after }: { before: string; after: string }): boolean {
  const isWord = (character: string) => /[A-Za-z0-9]/.test(character);
  const isBlank = (character: string) => /\s/.test(character);
  return !(isWord(before) && isWord(after)) && !(isBlank(before) && isBlank(after));
}

/** Blanks at the inner borders move out of the bold. */
function close(pieces: Piece[]): PhrasingContent[] {
  const children = pieces.slice(1, -1).filter((piece): piece is PhrasingContent => piece.type !== 'marker');
  const lead = trimEdge(children[0], /^\s+/);
  const tail = trimEdge(children.at(-1), /\s+$/);
  const filled = children.filter((child) => child.type !== 'text' || child.value !== '');
  const strong: Strong = { type: 'strong', children: filled, position: filled[0]?.position };
  return [...blank(lead), ...(filled.length > 0 ? [strong] : []), ...blank(tail)];
}

function trimEdge(node: PhrasingContent | undefined, edge: RegExp): string {
  if (node?.type !== 'text') return '';
  const found = edge.exec(node.value)?.[0] ?? '';
  node.value = node.value.replace(edge, '');
  return found;
}

function blank(value: string): Text[] {
  return value === '' ? [] : [{ type: 'text', value }];
}

/** Removes unpaired markers at the edge of their block or line, and bold around nothing; other markers become text. */
function withoutMarkers(pieces: Piece[], trimStray: boolean): PhrasingContent[] {
  return pieces.flatMap((piece, i): PhrasingContent[] => {
    if (piece.type !== 'marker') return [piece];
    const isStray =
      isInEmptyBold(pieces, i) || (trimStray && (isBorder(pieces, i, -1) || isBorder(pieces, i, 1)));
    return isStray ? [] : [{ type: 'text', value: '**' }];
  });
}

/**
 * Visual editors leave `****` behind where bold was removed. Between letters or digits the asterisks mask something
 * (`F****k`, `138****1234`), and a longer row of them is literal.
 */
function isEmptyBold(pieces: readonly Piece[], at: number): boolean {
  const [before, opening, closing, after] = [pieces[at - 1], pieces[at], pieces[at + 1], pieces[at + 2]];
  if (opening?.type !== 'marker' || closing?.type !== 'marker') return false;
  if (before?.type === 'marker' || after?.type === 'marker') return false;
  const [left, right] = [edgeOf(before, /\S(?=\s*$)/), edgeOf(after, /\S/)];
  if (/\d/.test(left) && /\d/.test(right)) return false;
  return !(/[A-Za-z0-9]/.test(opening.before) && /[A-Za-z0-9]/.test(closing.after));
}

const isInEmptyBold = (pieces: readonly Piece[], at: number): boolean =>
  isEmptyBold(pieces, at) || isEmptyBold(pieces, at - 1);

const edgeOf = (piece: Piece | undefined, edge: RegExp): string =>
  piece?.type === 'text' ? (edge.exec(piece.value)?.[0] ?? '') : '';

/** Whether there are only spaces between a marker and the start or end of its line. */
function isBorder(pieces: readonly Piece[], at: number, step: 1 | -1): boolean {
  const piece = pieces[at + step];
  if (piece === undefined || piece.type === 'break') return true;
  if (piece.type !== 'text') return false;
  if ((step === 1 ? /^[^\S\n]*\n/ : /\n[^\S\n]*$/).test(piece.value)) return true;
  return piece.value.trim() === '' && isBorder(pieces, at + step, step);
}
