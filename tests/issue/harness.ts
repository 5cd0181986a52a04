/** Reads a piece of Markdown as an issue, and shows its content as HTML. */
import { toHtml } from 'hast-util-to-html';
import type { Block, BlockKind, Content, Document } from '../../src/issue/document/document.ts';
import { readIssue } from '../../src/issue/read.ts';

export function readBody(markdown: string, file = 'issue.md'): Document {
  return readIssue(`---\ntitle: A title\ndate: 2026-08-05\n---\n\n${markdown}`, { file });
}

export function htmlOf(content: Content | undefined): string {
  return toHtml({ type: 'root', children: content ?? [] });
}

/** The content of all prose of an issue, as HTML. */
export function proseOf(markdown: string): string {
  return readBody(markdown)
    .blocks.map((block) => (block.kind === 'prose' ? htmlOf(block.content) : ''))
    .join('');
}

/** The first block of a kind; fails the test when there is none. */
export function blockOf<K extends BlockKind>(kind: K, markdown: string): Extract<Block, { kind: K }> {
  const { blocks } = readBody(markdown);
  const block = blocks.find((candidate) => candidate.kind === kind);
  if (!block) throw new Error(`no ${kind} block among ${blocks.map((found) => found.kind).join(', ')}`);
  return block as Extract<Block, { kind: K }>;
}

export function rulesOf(document: Document): string[] {
  return document.messages.map(({ severity, line, rule }) => `${severity} ${line} ${rule}`);
}
