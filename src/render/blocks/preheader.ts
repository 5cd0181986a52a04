/** What inboxes show after the subject. */
import { contentText } from '../../issue/content/content-text.ts';
import type { Block, Content, Document } from '../../issue/document/document.ts';
import { withoutTemplates } from '../../issue/markdown/passes/templates.ts';

/** In characters: no inbox shows more. */
const PREHEADER_LENGTH = 140;

/** The editor's words (slots as written), else the first of the issue that say more than its title. */
export function preheaderOf(document: Document): string {
  const own = [document.preheader, document.summary === document.title ? null : document.summary];
  const words = document.blocks.flatMap(wordsIn).find((text) => text.length > 12);
  const text = (own.find((each) => each?.trim()) ?? words ?? '').replace(/\s+/g, ' ').trim();
  const signs = [...text];
  if (signs.length <= PREHEADER_LENGTH) return text;
  const cut = signs.slice(0, PREHEADER_LENGTH - 1).join('');
  return `${cut.replace(/\{\{[^{}]*\}?$/, '')}…`;
}

function wordsIn(block: Block): string[] {
  if (block.kind === 'prose' || block.kind === 'banner') return [spoken(block.content)];
  if (block.kind === 'qa') return block.questions.flatMap((each) => spoken(each.turns[0]?.content ?? []));
  return [];
}

/** Slots stay as written, pictures are no words to begin with, and template code is nobody's. */
const spoken = (content: Content): string => withoutTemplates(contentText(content));
