/**
 * A paragraph that is too long to be left out whole: it may be cut behind a sentence and, where a sentence goes on and
 * on, behind a word. Links, code and pictures in it stay whole.
 */
import type { Element, ElementContent, Nodes, Text } from 'hast';

/** In characters; a shorter paragraph is mailed as a whole or not at all. */
const LONG = 4_000;
/** A sentence that is longer may be cut behind a word. */
const LONG_SENTENCE = 1_000;

const WHOLE = new Set(['a', 'code', 'pre', 'img', 'slot', 'sup', 'sub', 'ruby']);
/** A full stop ends a sentence where a blank or the text's end follows; that of Chinese needs none. */
const SENTENCE_ENDS = /(?:(?<![.!?…])[.!?…]+[\p{Pe}\p{Pf}"']*(?:\s+|$)|[。！？]+[\p{Pe}\p{Pf}"'…]*\s*)/gu;
/** A blank, or a mark within a sentence that needs none behind it. */
const WORD_ENDS = /\s+|[，、；：]/gu;

export const isLong = (element: Element): boolean => lengthOf(element) > LONG;

function lengthOf(node: Nodes): number {
  if (node.type === 'text') return node.value.length;
  return 'children' in node ? node.children.reduce((sum, child) => sum + lengthOf(child), 0) : 0;
}

/** How many parts a passage has; at least 1. */
export const passageParts = (passage: Element): number => endsWithin(passage) + 1;

/** The passage with its first `count` parts, 1 or more; one that ends within a sentence says so. */
export function firstOfPassage(passage: Element, count: number): Element {
  return count > endsWithin(passage) ? passage : cut(passage, count).element;
}

function endsWithin(node: ElementContent): number {
  if (node.type === 'text') return endsOf(node.value).length;
  if (node.type !== 'element' || WHOLE.has(node.tagName)) return 0;
  return node.children.reduce((sum, child) => sum + endsWithin(child), 0);
}

/** `left`: how many ends are still to be passed. */
function cut(element: Element, count: number): { element: Element; left: number } {
  const children: ElementContent[] = [];
  let left = count;
  for (const child of element.children) {
    if (left === 0) break;
    const ends = endsWithin(child);
    if (ends < left) {
      children.push(child);
      left -= ends;
    } else {
      children.push(child.type === 'element' ? cut(child, left).element : cutText(child as Text, left));
      left = 0;
    }
  }
  return { element: { ...element, children }, left };
}

function cutText(text: Text, count: number): Text {
  const kept = text.value.slice(0, endsOf(text.value)[count - 1]);
  const isWhole = sentenceEnds(kept).at(-1) === kept.length;
  return { ...text, value: isWhole ? kept.trimEnd() : `${kept.replace(/[\s,;:，、；：]+$/, '')}…` };
}

/** Behind which characters a text may be cut. Where it stops within a sentence, a link may go on with it. */
function endsOf(text: string): number[] {
  const ends: number[] = [];
  let start = 0;
  for (const end of [...sentenceEnds(text), text.length]) {
    if (end - start > LONG_SENTENCE) ends.push(...wordEnds(text.slice(start, end)).map((at) => start + at));
    start = end;
    ends.push(end);
  }
  // The text's own end, which may be no end of a sentence.
  ends.pop();
  return ends;
}

const sentenceEnds = (text: string): number[] =>
  [...text.matchAll(SENTENCE_ENDS)].map((end) => end.index + end[0].length);

/** Far enough from each other, and from the end. */
function wordEnds(sentence: string): number[] {
  const ends: number[] = [];
  for (const { 0: mark, index } of sentence.matchAll(WORD_ENDS)) {
    const end = index + mark.length;
    if (end - (ends.at(-1) ?? 0) >= LONG_SENTENCE && end < sentence.length) ends.push(end);
  }
  return ends;
}
