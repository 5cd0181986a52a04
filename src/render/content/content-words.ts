/** Content as words alone. */
import type { Nodes } from 'hast';
import { contentText } from '../../issue/content/content-text.ts';
import { usefulAlt } from './alt-text.ts';

/** The words on one line of plain text: a picture gives its alt text, a slot its fallback. */
export function contentWords(content: readonly Nodes[]): string {
  return contentText(content, {
    picture: (image) => usefulAlt(String(image.properties.alt ?? '')),
    slot: (_, fallback) => fallback ?? '',
  });
}
