/** The issue's own description, shown below its title where it says something that does not stand there already. */
import type { Block, Document } from '../../issue/document/document.ts';
import { contentWords } from '../content/content-words.ts';

/** Blocks whose words stand right below. */
const NEAR = 3;

/** As written, slots and all; '' where there is nothing to add. */
export function standfirstOf(
  { summary, blocks }: Pick<Document, 'summary' | 'blocks'>,
  title: string,
): string {
  const text = (summary ?? '').replace(/\s+/g, ' ').trim();
  const wanted = letters(text);
  if (wanted === '') return '';
  const said = [title, ...blocks.slice(0, NEAR).map(wordsOf)].map(letters);
  return said.some((each) => each.includes(wanted)) ? '' : text;
}

const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

function wordsOf(block: Block): string {
  if (block.kind === 'heading') return block.text;
  if (block.kind === 'banner') return `${block.title ?? ''} ${contentWords(block.content)}`;
  return block.kind === 'prose' || block.kind === 'quote' ? contentWords(block.content) : '';
}
