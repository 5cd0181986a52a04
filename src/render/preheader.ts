/** What inboxes show after the subject. */
import type { Block, Document } from '../issue/document.ts';
import { contentWords } from './content.ts';

/** In characters: no inbox shows more. */
const PREHEADER_LENGTH = 140;

/** The editor's words (slots as written), else the first of the issue that say more than its title. */
export function preheaderOf(document: Document): string {
  const own = [document.preheader, document.summary === document.title ? null : document.summary];
  const words = document.blocks.flatMap(wordsOf).find((text) => text.length > 12);
  const text = (own.find((each) => each?.trim()) ?? words ?? '').replace(/\s+/g, ' ').trim();
  const signs = [...text];
  if (signs.length <= PREHEADER_LENGTH) return text;
  const cut = signs.slice(0, PREHEADER_LENGTH - 1).join('');
  return `${cut.replace(/\{\{[^{}]*\}?$/, '')}…`;
}

function wordsOf(block: Block): string[] {
  if (block.kind === 'prose' || block.kind === 'banner') return [contentWords(block.content)];
  if (block.kind === 'qa')
    return block.questions.flatMap((each) => contentWords(each.turns[0]?.content ?? []));
  return [];
}
