/** The standfirst: the description below its title, if it says something that is not already there. */
import type { Block, Document } from '../../issue/document/document.ts';
import { contentWords } from '../content/content-words.ts';

/** How many blocks count as being right below the title. */
const BLOCKS_BELOW = 3;

/** As written, including slots; '' if there is nothing to add. */
export function standfirstOf(
  { summary, blocks }: Pick<Document, 'summary' | 'blocks'>,
  title: string,
): string {
  const text = (summary ?? '').replace(/\s+/g, ' ').trim();
  const added = letters(text);
  if (added === '') return '';
  const said = [title, ...blocks.slice(0, BLOCKS_BELOW).map(wordsOf)].map(letters);
  return said.some((each) => each.includes(added)) ? '' : text;
}

const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

function wordsOf(block: Block): string {
  if (block.kind === 'heading') return block.text;
  if (block.kind === 'banner') return `${block.title ?? ''} ${contentWords(block.content)}`;
  return block.kind === 'prose' || block.kind === 'quote' ? contentWords(block.content) : '';
}
