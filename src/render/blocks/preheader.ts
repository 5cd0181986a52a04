/** What inboxes show after the subject. */
import { contentText } from '../../issue/content/content-text.ts';
import type { Block, Content, Document } from '../../issue/document/document.ts';
import { withoutTemplates } from '../../issue/markdown/passes/templates.ts';

/** No inbox shows more. */
const MAX_PREHEADER_CHARACTERS = 140;

/** The editor's own preheader or summary (slots as written), else the first words of the issue of any length. */
export function preheaderOf(document: Document): string {
  const own = [document.preheader, document.summary === document.title ? null : document.summary];
  const words = document.blocks.flatMap(wordsIn).find((text) => text.length > 12);
  const text = (own.find((each) => each?.trim()) ?? words ?? '').replace(/\s+/g, ' ').trim();
  const signs = [...text];
  if (signs.length <= MAX_PREHEADER_CHARACTERS) return text;
  const cut = signs.slice(0, MAX_PREHEADER_CHARACTERS - 1).join('');
  return `${cut.replace(/\{\{[^{}]*\}?$/, '')}…`;
}

function wordsIn(block: Block): string[] {
  if (block.kind === 'prose' || block.kind === 'banner') return [spoken(block.content)];
  if (block.kind === 'qa') return block.questions.flatMap((each) => spoken(each.turns[0]?.content ?? []));
  return [];
}

/** Slots stay as written; pictures and template code are left out. */
const spoken = (content: Content): string => withoutTemplates(contentText(content));
