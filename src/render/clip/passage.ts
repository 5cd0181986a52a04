/**
 * A paragraph that is too long to leave out whole may be cut after a sentence, and a very long sentence after a word.
 * Links, code and pictures in it stay whole.
 */
import type { Element, ElementContent, Nodes, Text } from 'hast';

/** A shorter paragraph is never cut. */
const MIN_SPLIT_CHARACTERS = 4_000;
/** A longer sentence may be cut after a word. */
const MAX_SENTENCE_CHARACTERS = 1_000;

const WHOLE = new Set(['a', 'code', 'pre', 'img', 'slot', 'sup', 'sub', 'ruby']);
/** A Latin full stop ends a sentence before a space or the end of the text, a Chinese one anywhere. */
const SENTENCE_ENDS = /(?:(?<![.!?…])[.!?…]+[\p{Pe}\p{Pf}"']*(?:\s+|$)|[。！？]+[\p{Pe}\p{Pf}"'…]*\s*)/gu;
/** A space, or a Chinese mark within a sentence. */
const WORD_ENDS = /\s+|[，、；：]/gu;

export const isLong = (element: Element): boolean => lengthOf(element) > MIN_SPLIT_CHARACTERS;

function lengthOf(node: Nodes): number {
  if (node.type === 'text') return node.value.length;
  return 'children' in node ? node.children.reduce((sum, child) => sum + lengthOf(child), 0) : 0;
}

/** How many parts a passage has; at least 1. */
export const passageParts = (passage: Element): number => endsWithin(passage) + 1;

/** The passage with its first `count` parts, 1 or more, with an ellipsis if it ends within a sentence. */
export function firstOfPassage(passage: Element, count: number): Element {
  return count > endsWithin(passage) ? passage : cut(passage, count).element;
}

function endsWithin(node: ElementContent): number {
  if (node.type === 'text') return endsOf(node.value).length;
  if (node.type !== 'element' || WHOLE.has(node.tagName)) return 0;
  return node.children.reduce((sum, child) => sum + endsWithin(child), 0);
}

/** `left` is the number of ends still to pass. */
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

/** The offsets at which a text may be cut. A text may stop within a sentence that a link continues. */
function endsOf(text: string): number[] {
  const ends: number[] = [];
  let start = 0;
  for (const end of [...sentenceEnds(text), text.length]) {
    if (end - start > MAX_SENTENCE_CHARACTERS)
      ends.push(...wordEnds(text.slice(start, end)).map((at) => start + at));
    start = end;
    ends.push(end);
  }
  // The end of the text itself, which may lie within a sentence.
  ends.pop();
  return ends;
}

const sentenceEnds = (text: string): number[] =>
  [...text.matchAll(SENTENCE_ENDS)].map((end) => end.index + end[0].length);

/** Ends of words, far enough apart and before the end. */
function wordEnds(sentence: string): number[] {
  const ends: number[] = [];
  for (const { 0: mark, index } of sentence.matchAll(WORD_ENDS)) {
    const end = index + mark.length;
    if (end - (ends.at(-1) ?? 0) >= MAX_SENTENCE_CHARACTERS && end < sentence.length) ends.push(end);
  }
  return ends;
}
