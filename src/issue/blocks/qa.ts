/**
 * Reads reader questions. A header line names the asker. Block quotes hold the question and paragraphs that begin with
 * `A：` the answers, in turns; everything else (pictures, lists, code) belongs to the turn it follows. A line
 * `Project：URL` names the source and ends the question.
 */
import type { Blockquote, Paragraph, RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block, Question } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { linkUrl } from '../targets/urls.ts';
import { isBoldOnly, type Line, linesOf, linksIn, paragraphOf } from './lines.ts';
import { plainBlocks } from './plain.ts';
import { askerLine, isTopicLine, readHeader, startsAnswer, startsQuestion } from './qa-headers.ts';
import { joinSourceLines, unfoldQuote } from './qa-quotes.ts';
import { type SourceLine, takeSourceLine } from './source-line.ts';

interface Turn {
  role: 'question' | 'answer';
  nodes: RootContent[];
}

interface Draft {
  line: number;
  asker: string;
  askerUrl?: string;
  turns: Turn[];
  source?: SourceLine;
}

/** Blocks of a Q&A section, or null when there is no question in it. */
export function qaBlocks(nodes: readonly RootContent[], options?: { strict: boolean }): Block[] | null {
  if (options?.strict && !nodes.some((node, i) => mayAsk(node, nodes[i + 1]))) return null;
  const reader = new QaReader(options?.strict ?? false);
  const flat = joinSourceLines(nodes.flatMap((node, i) => unlisted(node, nodes[i + 1])).flatMap(unfoldQuote));
  flat.forEach((node, i) => {
    reader.read(node, flat.slice(i + 1, i + 1 + LOOK_AHEAD));
  });
  return reader.found ? reader.blocks() : null;
}

/** A cheap test for sections that are seldom a Q&A. */
function mayAsk(node: RootContent, next: RootContent | undefined): boolean {
  if (next?.type !== 'blockquote') return false;
  return node.type === 'list' || unlisted(node, next).some((each) => headerOf(each, true) !== null);
}

/** The number of blocks below a topic in which its first asker must appear. */
const LOOK_AHEAD = 3;

/** Turns headers that Markdown reads as a heading or as list items (`1. @user #123`, `1. name 提问：`) into paragraphs. */
function unlisted(node: RootContent, next: RootContent | undefined): RootContent[] {
  if (node.type === 'heading') return [{ ...node, type: 'paragraph' }];
  if (node.type !== 'list' || !node.ordered) return [node];
  const items = node.children.map((item) => item.children);
  const isHeaders = items.every(([first, second], i) => {
    const below = second ?? (i === items.length - 1 ? next : undefined);
    return first !== undefined && headerOf(first, below?.type === 'blockquote' && saysAsks(first)) !== null;
  });
  return isHeaders ? items.flat() : [node];
}

/** A list item must say that somebody asks, since the items of an answer may begin with `@` too. */
function saysAsks(node: RootContent): boolean {
  return /提问\s*[：:]?$/.test(lineText(node));
}

function headerOf(
  node: RootContent,
  beforeQuote: boolean,
): { header: { asker: string }; first: Line; rest: Line[] } | null {
  if (node.type !== 'paragraph') return null;
  const [first, ...rest] = linesOf(node);
  if (!first) return null;
  const header = readHeader(first.text, {
    bold: isBoldOnly(node),
    beforeQuote: beforeQuote && rest.length === 0,
  });
  return header && { header, first, rest };
}

class QaReader {
  #done: (Block | Draft)[] = [];
  #loose: RootContent[] = [];
  #draft: Draft | null = null;
  found = false;
  /** Set outside Q&A sections, where a header counts only above a quote. */
  readonly #strict: boolean;

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  read(node: RootContent, following: readonly RootContent[]): void {
    if (this.#namesAsker(node)) return;
    const beforeQuote = following[0]?.type === 'blockquote';
    const header = this.#strict && !beforeQuote ? null : headerOf(node, beforeQuote);
    const topic = isTopic(node, following);
    if (node.type === 'blockquote' && this.#goesOn(following)) this.#reopen();
    if (header && !topic && node.type === 'paragraph') this.#open(node, header);
    else if (node.type === 'paragraph' && this.#isUnsigned(node)) this.#ask(node);
    else if (!this.#draft || topic || isLastRule(node, following)) this.#passThrough(node);
    else if (node.type === 'blockquote') this.#quote(this.#draft, node);
    else if (node.type === 'paragraph') this.#paragraph(this.#draft, node);
    else this.#turn(this.#draft).nodes.push(node);
  }

  blocks(): Block[] {
    this.#close();
    this.#settleLoose();
    const blocks: Block[] = [];
    for (const item of this.#done) {
      const last = blocks.at(-1);
      if ('kind' in item) blocks.push(item);
      else if (last?.kind === 'qa') last.questions.push(questionOf(item));
      else blocks.push({ kind: 'qa', line: item.line, questions: [questionOf(item)] });
    }
    return blocks;
  }

  #open(node: Paragraph, { header, first, rest }: NonNullable<ReturnType<typeof headerOf>>): void {
    this.#close();
    this.#settleLoose();
    this.found = true;
    const askerUrl = linkUrl(linksIn(first.nodes)[0]?.url ?? '');
    this.#draft = { line: lineOf(node), asker: header.asker, ...(askerUrl ? { askerUrl } : {}), turns: [] };
    const said = paragraphOf(rest, node);
    if (said.length > 0) this.#draft.turns.push({ role: 'question', nodes: said });
  }

  /** `Q: …` opens a question where no header named an asker. */
  #isUnsigned(node: Paragraph): boolean {
    return !this.#strict && !this.#draft?.asker && startsQuestion(lineText(node));
  }

  /** The answer may be the next line of the same paragraph. */
  #ask(node: Paragraph): void {
    this.#close();
    this.#settleLoose();
    this.found = true;
    const [first, ...rest] = linesOf(node);
    const question = first ? paragraphOf([first], node) : [node];
    this.#draft = { line: lineOf(node), asker: '', turns: [{ role: 'question', nodes: question }] };
    for (const answer of paragraphOf(rest, node)) this.#paragraph(this.#draft, answer);
  }

  #quote(draft: Draft, quote: Blockquote): void {
    const last = draft.turns.at(-1);
    if (last?.role === 'question') last.nodes.push(...quote.children);
    else draft.turns.push({ role: 'question', nodes: [...quote.children] });
  }

  /** Right below a header, `@name` alone names the asker. */
  #namesAsker(node: RootContent): boolean {
    if (!this.#draft || this.#draft.turns.length > 0 || node.type !== 'paragraph') return false;
    const asker = askerLine(lineText(node));
    if (asker !== null) this.#draft.asker = asker;
    return asker !== null;
  }

  #paragraph(draft: Draft, node: Paragraph): void {
    const [first] = linesOf(node);
    const { rest, source } = takeSourceLine(node);
    for (const paragraph of rest) {
      if (startsAnswer(first?.text ?? '')) draft.turns.push({ role: 'answer', nodes: [paragraph] });
      else this.#turn(draft).nodes.push(paragraph);
    }
    if (source) {
      draft.source = source;
      this.#close();
    }
  }

  #turn(draft: Draft): Turn {
    const last = draft.turns.at(-1);
    if (last) return last;
    const turn: Turn = { role: 'question', nodes: [] };
    draft.turns.push(turn);
    return turn;
  }

  #passThrough(node: RootContent): void {
    this.#close();
    this.#loose.push(node);
  }

  /** Below the project line of a question, a quote with an answer continues that question. */
  #goesOn([next]: readonly RootContent[]): boolean {
    const last = this.#done.at(-1);
    if (this.#draft || this.#loose.length > 0 || !last || 'kind' in last) return false;
    return next?.type === 'paragraph' && startsAnswer(lineText(next));
  }

  #reopen(): void {
    const last = this.#done.pop();
    if (last && !('kind' in last)) this.#draft = last;
  }

  #close(): void {
    if (this.#draft) this.#done.push(this.#draft);
    this.#draft = null;
  }

  #settleLoose(): void {
    this.#done.push(...plainBlocks(this.#loose));
    this.#loose = [];
  }
}

/** `---` at the end of a section does not belong to its last answer. */
function isLastRule(node: RootContent, following: readonly RootContent[]): boolean {
  return node.type === 'thematicBreak' && following.length === 0;
}

/** A topic line is above its askers, the first of whom comes before any quote. */
function isTopic(node: RootContent, following: readonly RootContent[]): boolean {
  if (node.type !== 'paragraph') return false;
  const [only, more] = linesOf(node);
  if (more !== undefined || !isTopicLine(only?.text ?? '')) return false;
  const next = following.findIndex((other) => other.type !== 'paragraph' || headerOf(other, true) !== null);
  return following[next]?.type === 'paragraph';
}

function questionOf({ line, asker, askerUrl, turns, source }: Draft): Question {
  return {
    line,
    asker,
    ...(askerUrl === undefined ? {} : { askerUrl }),
    turns: turns.map(({ role, nodes }) => ({ role, content: contentOf(nodes) })),
    ...(source === undefined ? {} : { source }),
  };
}
