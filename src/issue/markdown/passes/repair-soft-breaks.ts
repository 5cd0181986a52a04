/**
 * Repairs line ends inside a paragraph, which CommonMark turns into spaces. Between Han characters the space is
 * dropped; where an editor wrote meaningful lines (`1. …`, `时间：…`, a link below its label) a line break is kept.
 */
import type { Nodes, Parents, PhrasingContent, Root } from 'mdast';
import { isCjk, lineText } from '../tree/text.ts';
import { walk } from '../tree/walk.ts';

/** `1、`, `1.`, `i.`, `①`, `（1）`, `- ` at the start of a line. */
const NUMBERED = /^(?:\d{1,3}\s*[、.．)）]|[（(]\d{1,2}[)）]|[①-⑳]|[ivx]{1,5}[.、)]|[-•·▪]\s)/;
/** `时间：…`, `Where: …`. */
const LABELLED = /^[「【]?[\p{L}\p{N} ()（）/&]{1,16}[」】]?\s*[：:](?!\/\/)/u;
/** `Weekly | What it is about`, without a full stop. */
const TITLE = /(?:\s\||｜).*[\p{L}\p{N}]$/u;
const ANSWER = /^A\s*[：:]/;
/** `@ann 提问：`, the header of the next question. */
const ASKING = /^(?:\d{1,2}\s*[.、．]\s*)?[@＠].{1,40}提问\s*[：:]?$/;

export function repairSoftBreaks(tree: Root): void {
  walk(tree, (node) => {
    if (node.type !== 'paragraph') return;
    const lines = splitLines(node.children);
    if (lines.length >= 2) node.children = joinLines(lines);
  });
}

/** One array of nodes per line of the source; marked-up text that spans lines stays whole. */
export function splitLines(children: PhrasingContent[]): PhrasingContent[][] {
  const lines: PhrasingContent[][] = [[]];
  for (const child of children) {
    if (child.type !== 'text' || !child.value.includes('\n')) {
      lines.at(-1)?.push(child);
      continue;
    }
    child.value.split('\n').forEach((value, i) => {
      if (i > 0) lines.push([]);
      if (value !== '') lines.at(-1)?.push({ ...child, value });
    });
  }
  return lines;
}

function joinLines(lines: PhrasingContent[][]): PhrasingContent[] {
  const texts = lines.map((line) => lineText(line));
  const areVerses = looksLikeVerses(texts);
  return lines.flatMap((line, i): PhrasingContent[] => {
    const above = lines[i - 1];
    if (!above) return line;
    if (above.at(-1)?.type === 'break' || endsWithBr(above)) return line;
    if (areVerses || isMeant(above, line, texts[i - 1] ?? '', texts[i] ?? ''))
      return [{ type: 'break' }, ...line];
    return [{ type: 'text', value: gap(above, line) }, ...line];
  });
}

/** Whether the editor meant the break between these two lines. */
function isMeant(
  above: PhrasingContent[],
  below: PhrasingContent[],
  textAbove: string,
  textBelow: string,
): boolean {
  if (isImageLine(above) || isImageLine(below)) return true;
  if (NUMBERED.test(textBelow) || ANSWER.test(textBelow) || ASKING.test(textBelow)) return true;
  if (LABELLED.test(textBelow) && (LABELLED.test(textAbove) || isLinkLine(below))) return true;
  if (LABELLED.test(textAbove) && isLinkLine(above)) return true;
  if (ASKING.test(textAbove)) return true;
  if (/[：:]$/.test(textAbove) && isLinkLine(below)) return true;
  if (TITLE.test(textAbove) && width(textAbove) <= 60) return true;
  return isBoldLine(above) && isBoldLine(below);
}

/** Three or more short lines without punctuation at their ends: an address, a poem, a slogan. */
function looksLikeVerses(texts: string[]): boolean {
  return (
    texts.length >= 3 &&
    texts.every((text) => width(text) <= 44 && /[\p{L}\p{N}"”」）)～~]$/u.test(text) && isCjk(text))
  );
}

/** CJK counts two. */
function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (isCjk(character) ? 2 : 1), 0);
}

function gap(above: PhrasingContent[], below: PhrasingContent[]): string {
  const last = lineText(above).at(-1) ?? '';
  const first = lineText(below)[0] ?? '';
  return isCjk(last) && isCjk(first) ? '' : ' ';
}

function isImageLine(line: PhrasingContent[]): boolean {
  const solid = line.filter((node) => node.type !== 'text' || node.value.trim() !== '');
  return solid.length > 0 && solid.every((node) => node.type === 'image' || holdsOnlyImage(node));
}

function holdsOnlyImage(node: Nodes): boolean {
  return (
    node.type === 'link' && node.children.length > 0 && node.children.every(({ type }) => type === 'image')
  );
}

function isLinkLine(line: PhrasingContent[]): boolean {
  const last = line.filter((node) => node.type !== 'text' || node.value.trim() !== '').at(-1);
  return last !== undefined && (containsLink(last) || /https?:\/\/\S+$/.test(lineText(last)));
}

function containsLink(node: Nodes): boolean {
  return node.type === 'link' || ('children' in node && (node as Parents).children.some(containsLink));
}

function isBoldLine(line: PhrasingContent[]): boolean {
  const solid = line.filter((node) => node.type !== 'text' || node.value.trim() !== '');
  return solid.length === 1 && solid[0]?.type === 'strong';
}

function endsWithBr(line: PhrasingContent[]): boolean {
  const last = line.at(-1);
  return last?.type === 'html' && /^<br\s*\/?>$/i.test(last.value);
}
