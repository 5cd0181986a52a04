/** What a corrected issue says of itself on the web, before anything else: when it was corrected, and why. */
import type { Block, Document } from '../issue/document/document.ts';
import { opensWithPicture } from './issue-fields.ts';
import { longDate } from './theme/language.ts';
import type { Translate } from './theme/words.ts';

export interface CorrectionNote {
  /** `YYYY-MM-DD` */
  day: string;
  /** The editor's words, plain text. */
  words: string | null;
}

/**
 * The document with a box at its top, a block like any other: so it looks right in every theme, people's own ones too.
 * A cover would stand above all blocks, so it becomes the picture below the box.
 */
export function withCorrection(document: Document, { day, words }: CorrectionNote, t: Translate): Document {
  const { cover, coverAlt, blocks, language } = document;
  const box: Block = {
    kind: 'callout',
    line: 1,
    tone: 'note',
    title: t('issue.corrected', { date: longDate(day, language) }),
    content: words === null ? [] : [paragraph(words)],
  };
  const shown = cover !== null && !opensWithPicture(blocks);
  const picture: Block[] = shown
    ? [{ kind: 'image', line: 1, image: { url: cover, alt: coverAlt ?? '' } }]
    : [];
  return { ...document, cover: null, blocks: [box, ...picture, ...blocks] };
}

/** The words may run the other way than the issue. */
const paragraph = (value: string) => ({
  type: 'element' as const,
  tagName: 'p',
  properties: { dir: 'auto' },
  children: [{ type: 'text' as const, value }],
});
