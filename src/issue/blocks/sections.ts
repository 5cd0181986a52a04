/** Splits the top level of an issue into sections, at its headings and at bold lines that stand for headings. */
import type { Heading, Paragraph, RootContent } from 'mdast';
import { lineText } from '../markdown/tree/text.ts';
import { isBoldOnly, linesOf } from './lines.ts';
import { readHeader, startsQuestion } from './qa-headers.ts';
import { isQrText } from './qr.ts';
import { type SectionKind, sectionKind } from './section-kinds.ts';

export interface Section {
  heading: Heading | Paragraph | null;
  title: string;
  depth: number;
  kind: SectionKind | null;
  nodes: RootContent[];
}

/** Kinds whose sections may contain bold lines that are headings. */
const LOOSE: ReadonlySet<SectionKind> = new Set(['banner', 'contributors']);

/** Kinds whose bold line may end in a colon: `**推荐阅读：**` is a heading, whereas `**时间：**` labels a line. */
const LABELLED: ReadonlySet<SectionKind | null> = new Set(['qa', 'reading', 'contributors']);

/** The depth that a bold line has as a heading. */
const PSEUDO_DEPTH = 3;

export function sectionsOf(nodes: readonly RootContent[]): Section[] {
  const sections: Section[] = [{ heading: null, title: '', depth: 0, kind: null, nodes: [] }];
  nodes.forEach((node, i) => {
    const current = sections.at(-1) as Section;
    const next = nodes[i + 1];
    if (node.type === 'heading' && isInner(node, current)) current.nodes.push(node);
    else if (node.type === 'heading') sections.push(opened(node, node.depth, current));
    else if (isPseudoHeading(node, current, next)) sections.push(opened(node, PSEUDO_DEPTH, current));
    else current.nodes.push(node);
  });
  return sections.filter(({ heading, nodes: held }) => heading !== null || held.length > 0);
}

/** `#### Bug fixes` below `### X 1.2` belongs to that release; `#### 1、@ann 提问` is a question of its section. */
function isInner(heading: Heading, current: Section): boolean {
  const text = lineText(heading);
  if (heading.depth <= current.depth || sectionKind(text) !== null) return false;
  const isQuestion = () =>
    startsQuestion(text) || readHeader(text, { bold: true, beforeQuote: false }) !== null;
  return current.kind === 'releases' || (current.kind === 'qa' && isQuestion());
}

/** In a reading list, a deeper heading without its own kind inherits the kind, and so do those beside it. */
function opened(heading: Heading | Paragraph, depth: number, before: Section): Section {
  const title = lineText(heading).replace(/^\*+|\*+$/g, '');
  const isBeside = depth === before.depth && sectionKind(before.title) === null;
  const inherits = before.kind === 'reading' && depth > PSEUDO_DEPTH && (depth > before.depth || isBeside);
  return { heading, title, depth, kind: sectionKind(title) ?? (inherits ? before.kind : null), nodes: [] };
}

/**
 * A short bold line of its own with something below it, and without the punctuation of a sentence or the colon of a
 * label. Inside sections that consist of such lines (a Q&A, tasks, a meeting) only known headings count. Right above a
 * list it may have commas (`Tools, Themes & More`), and be the first thing in its section.
 */
function isPseudoHeading(
  node: RootContent,
  current: Section,
  next: RootContent | undefined,
): node is Paragraph {
  if (!isBoldOnly(node) || next === undefined || linesOf(node).length > 1) return false;
  const text = lineText(node).trim();
  const kind = sectionKind(text);
  const isOverList = next.type === 'list' && current.kind === null;
  const words = isOverList ? text.replaceAll(',', '') : text;
  if (
    text.length < 2 ||
    text.length > 40 ||
    isSentence(kind === null ? words : text.replace(LABELLED.has(kind) ? /[：:]/ : /[：:](?=.)/, ''))
  )
    return false;
  if (isQrText(text) || readHeader(text, { bold: true, beforeQuote: next.type === 'blockquote' }))
    return false;
  if (kind !== null && kind !== 'event') return true;
  if (kind === null && current.kind !== null && !LOOSE.has(current.kind)) return false;
  return (current.nodes.length > 0 || isOverList) && next.type !== 'heading';
}

/**
 * Has the punctuation of a sentence, the colon of a label, an item's number, or a count of what follows (`本周回复 3 条`).
 */
export function isSentence(text: string): boolean {
  return /[：:，。,!！?？～~；;…]|如下$|^\d+\s*[.、]|\d\s*条$/.test(text);
}
