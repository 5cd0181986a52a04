/** Content as words alone. */
import type { Nodes } from 'hast';
import { wordsOf } from '../../issue/content/words.ts';
import { usefulAlt } from './alt-text.ts';

/** The words on one line of plain text: a picture gives its alt text, a slot its fallback. */
export function contentWords(content: readonly Nodes[]): string {
  return wordsOf(content, {
    picture: (image) => usefulAlt(String(image.properties.alt ?? '')),
    slot: (_, fallback) => fallback ?? '',
  });
}
